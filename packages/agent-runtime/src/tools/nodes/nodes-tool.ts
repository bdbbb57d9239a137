import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { countField, flagField, numberField, textField, textListField } from "../fields.ts";
import { failed } from "../gateway-call.ts";
import { askNode, given, type NodeCommand, type NodeTurn, withNode } from "./ask-node.ts";
import { findNode } from "./find-node.ts";
import type { NodeFiles } from "./node-files.ts";

const ACTIONS = [
  "status",
  "describe",
  "notify",
  "run",
  "camera_list",
  "camera_snap",
  "camera_clip",
  "screen_record",
  "location_get",
] as const;
/** For people alone: an agent that approves nodes could give itself any device. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(["pending", "approve", "reject"]);
const LONGEST_RECORDING_MS = 60_000;
const RECORDING_MARGIN_MS = 60_000;
const RUN_MS = 60_000;

/** Acts on the devices that are connected as nodes. */
export function nodesTool(files: NodeFiles | undefined): Tool {
  return {
    name: "nodes",
    description:
      "Acts on the devices that are connected as nodes. Actions: status, describe, notify (title, body), run (command: a " +
      "list of words, cwd, env: NAME=value), camera_list, camera_snap (facing), camera_clip and screen_record " +
      "(durationMs, at most a minute), location_get. Pictures and films come as a line MEDIA:<file>; put that line into " +
      "your answer to send the file.",
    parameters: {
      type: "object",
      properties: {
        action: { type: "string", enum: [...ACTIONS] },
        node: { type: "string", description: "Its name or id; may be left out when one node is connected." },
        title: { type: "string" },
        body: { type: "string" },
        priority: { type: "string", enum: ["passive", "active", "timeSensitive"] },
        command: { type: "array", items: { type: "string" }, description: "run: the program and its arguments." },
        cwd: { type: "string" },
        env: { type: "array", items: { type: "string" } },
        commandTimeoutMs: { type: "integer", minimum: 1, maximum: 600_000 },
        facing: { type: "string", enum: ["front", "back", "both"] },
        deviceId: { type: "string", description: "A camera, as camera_list names it." },
        maxWidth: { type: "integer", minimum: 1 },
        durationMs: { type: "integer", minimum: 1, maximum: LONGEST_RECORDING_MS },
        includeAudio: { type: "boolean" },
        fps: { type: "integer", minimum: 1, maximum: 60 },
        screenIndex: { type: "integer", minimum: 0 },
        needsScreenRecording: { type: "boolean" },
        desiredAccuracy: { type: "string", enum: ["coarse", "balanced", "precise"] },
      },
      required: ["action"],
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, context, signal) => act({ input, context, signal, files }),
  };
}

async function act(turn: NodeTurn): Promise<ToolResult> {
  const { input, context } = turn;
  const action = textField(input, "action") ?? "";
  if (action === "status") return status(context);
  if (action === "describe") return describe(turn);
  if (FOR_PEOPLE.has(action)) return failed("Letting nodes in is for people: openclaw nodes pending.");
  const commands = commandsOf(action, turn);
  if (commands === undefined)
    return failed(`The action "${action}" does not exist. The actions are: ${ACTIONS.join(", ")}.`);
  return typeof commands === "string" ? failed(commands) : askNode(commands, turn);
}

async function status(context: ToolContext): Promise<ToolResult> {
  return withNode(async () => {
    const { nodes } = await context.call("node.list", {});
    const lines = nodes.map(({ nodeId, displayName = "-", platform = "-", connected, caps }) =>
      [nodeId.slice(0, 12), displayName, platform, connected ? "connected" : "away", caps.join(" ")].join(" | "),
    );
    if (!nodes.some(({ connected }) => connected)) lines.push("No node is connected to this gateway.");
    return { text: lines.join("\n"), details: { nodes } };
  });
}

async function describe({ input, context }: NodeTurn): Promise<ToolResult> {
  return withNode(async () => {
    const { nodeId } = await findNode(context, textField(input, "node"));
    const node = await context.call("node.describe", { nodeId });
    return { text: JSON.stringify(node), details: node };
  });
}

/** What an action asks for; a text says what is wrong with the input. */
function commandsOf(action: string, turn: NodeTurn): readonly NodeCommand[] | string | undefined {
  const { input } = turn;
  switch (action) {
    case "notify": {
      const [title = "", body = ""] = [textField(input, "title"), textField(input, "body")];
      if (title === "" && body === "") return '"title" or "body" is required for notify.';
      const params = given({ title, body, priority: textField(input, "priority") });
      return [{ command: "system.notify", params, timeoutMs: 15_000, answer: "text" }];
    }
    case "run":
      return run(turn);
    case "camera_list":
      return [{ command: "camera.list", timeoutMs: 20_000, answer: "text" }];
    case "camera_snap":
      return snap(input);
    case "camera_clip": {
      const facing = textField(input, "facing") === "back" ? "back" : "front";
      const deviceId = textField(input, "deviceId");
      return [recording("camera.clip", input, { facing: deviceId === undefined ? facing : undefined, deviceId })];
    }
    case "screen_record":
      return [
        recording("screen.record", input, {
          screenIndex: numberField(input, "screenIndex") ?? 0,
          fps: countField(input, "fps") ?? 10,
        }),
      ];
    case "location_get": {
      const params = given({ timeoutMs: 10_000, desiredAccuracy: textField(input, "desiredAccuracy") });
      return [{ command: "location.get", params, timeoutMs: 20_000, answer: "text" }];
    }
    default:
      return undefined;
  }
}

/** The node decides by its own exec approvals, for the agent and the session that are named. */
function run({ input, context }: NodeTurn): readonly NodeCommand[] | string {
  const command = textListField(input, "command");
  if (command.length === 0) return '"command" is required for run: a list of the program and its arguments.';
  const variables = textListField(input, "env").map((pair) => [pair.split("=", 1)[0] ?? "", pair] as const);
  if (variables.some(([name, pair]) => name === "" || name === pair)) return '"env" holds NAME=value.';
  const env = Object.fromEntries(variables.map(([name, pair]) => [name, pair.slice(name.length + 1)]));
  const timeoutMs = countField(input, "commandTimeoutMs");
  const params = given({
    command,
    cwd: textField(input, "cwd"),
    env: variables.length === 0 ? undefined : env,
    timeoutMs,
    needsScreenRecording: flagField(input, "needsScreenRecording") || undefined,
    agentId: context.agentId,
    sessionKey: context.sessionKey,
  });
  return [{ command: "system.run", params, timeoutMs: Math.max(RUN_MS, (timeoutMs ?? 0) + RUN_MS), answer: "text" }];
}

function snap(input: unknown): readonly NodeCommand[] {
  const deviceId = textField(input, "deviceId");
  const facing = textField(input, "facing") ?? "front";
  const sides = deviceId !== undefined ? [undefined] : facing === "both" ? ["front", "back"] : [facing];
  const maxWidth = countField(input, "maxWidth");
  return sides.map((side) => ({
    command: "camera.snap",
    params: given({ facing: side, deviceId, maxWidth, format: "jpg" }),
    timeoutMs: 20_000,
    answer: "media",
  }));
}

function recording(command: string, input: unknown, own: Readonly<Record<string, unknown>>): NodeCommand {
  const durationMs = Math.min(countField(input, "durationMs") ?? 5_000, LONGEST_RECORDING_MS);
  const includeAudio = flagField(input, "includeAudio");
  const params = given({ ...own, durationMs, includeAudio, format: "mp4" });
  return { command, params, timeoutMs: durationMs + RECORDING_MARGIN_MS, answer: "media" };
}
