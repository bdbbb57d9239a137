import type { Tool, ToolResult } from "@openclaw/gateway-core/ports";

import { countField, numberField, textField } from "../fields.ts";
import { failed } from "../gateway-call.ts";
import { askNode, given, type NodeCommand, type NodeTurn } from "./ask-node.ts";
import type { NodeFiles } from "./node-files.ts";

const ACTIONS = ["present", "hide", "navigate", "eval", "snapshot", "a2ui_push", "a2ui_reset"] as const;
const TIMEOUT_MS = 20_000;

/** Shows something on the canvas of a connected device. */
export function canvasTool(files: NodeFiles | undefined): Tool {
  return {
    name: "canvas",
    description:
      "Shows something on the canvas of a connected device. Actions: present (target, x, y, width, height), hide, " +
      "navigate (url), eval (javaScript), snapshot (gives a line MEDIA:<file>), a2ui_push (jsonl: A2UI messages of " +
      "version 0.8, one on each line), a2ui_reset.",
    parameters: {
      type: "object",
      properties: {
        action: { type: "string", enum: [...ACTIONS] },
        node: { type: "string", description: "Its name or id; may be left out when one node is connected." },
        target: { type: "string", description: "present: an address, or a path of the canvas." },
        url: { type: "string", description: "navigate: an address, or a path of the canvas." },
        x: { type: "number" },
        y: { type: "number" },
        width: { type: "number" },
        height: { type: "number" },
        javaScript: { type: "string" },
        format: { type: "string", enum: ["png", "jpeg"] },
        maxWidth: { type: "integer", minimum: 1 },
        jsonl: { type: "string" },
      },
      required: ["action"],
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, context, signal) => act({ input, context, signal, files }),
  };
}

async function act(turn: NodeTurn): Promise<ToolResult> {
  const action = textField(turn.input, "action") ?? "";
  const command = commandOf(action, turn.input);
  if (command === undefined)
    return failed(`The action "${action}" does not exist. The actions are: ${ACTIONS.join(", ")}.`);
  return typeof command === "string" ? failed(command) : askNode([command], turn);
}

/** What an action asks for; a text says what is wrong with the input. */
function commandOf(action: string, input: unknown): NodeCommand | string | undefined {
  switch (action) {
    case "present":
      return plain("canvas.present", presentParams(input));
    case "hide":
      return plain("canvas.hide");
    case "navigate": {
      const url = textField(input, "url") ?? textField(input, "target");
      return url === undefined ? '"url" is required for navigate.' : plain("canvas.navigate", { url });
    }
    case "eval": {
      const javaScript = textField(input, "javaScript");
      return javaScript === undefined ? '"javaScript" is required for eval.' : plain("canvas.eval", { javaScript });
    }
    case "snapshot": {
      const format = textField(input, "format") === "png" ? "png" : "jpeg";
      const params = given({ format, maxWidth: countField(input, "maxWidth") });
      return { command: "canvas.snapshot", params, timeoutMs: TIMEOUT_MS, answer: "media" };
    }
    case "a2ui_push": {
      const jsonl = textField(input, "jsonl");
      return jsonl === undefined ? '"jsonl" is required for a2ui_push.' : plain("canvas.a2ui.push", { jsonl });
    }
    case "a2ui_reset":
      return plain("canvas.a2ui.reset");
    default:
      return undefined;
  }
}

function plain(command: string, params?: Readonly<Record<string, unknown>>): NodeCommand {
  return { command, ...(params === undefined ? {} : { params }), timeoutMs: TIMEOUT_MS, answer: "text" };
}

function presentParams(input: unknown): Readonly<Record<string, unknown>> {
  const place = (name: string): number | undefined => numberField(input, name);
  const placement = given({ x: place("x"), y: place("y"), width: place("width"), height: place("height") });
  const url = textField(input, "target") ?? textField(input, "url");
  return given({ url, placement: Object.keys(placement).length > 0 ? placement : undefined });
}
