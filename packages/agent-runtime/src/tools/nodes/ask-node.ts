import type { ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { textField } from "../fields.ts";
import { failed, withGateway } from "../gateway-call.ts";
import { findNode, NoSuchNode } from "./find-node.ts";
import type { NodeFiles } from "./node-files.ts";

const MAX_TEXT = 20_000;

/** What an action asks of a node. */
export interface NodeCommand {
  readonly command: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  /** What the answer is: a picture or film to keep as a file, or anything for the model to read. */
  readonly answer: "media" | "text";
}

export interface NodeTurn {
  readonly input: unknown;
  readonly context: ToolContext;
  readonly signal: AbortSignal;
  readonly files: NodeFiles | undefined;
}

/** Has the node that the input names carry the commands out, one after the other. */
export async function askNode(commands: readonly NodeCommand[], turn: NodeTurn): Promise<ToolResult> {
  return withNode(async () => {
    const { nodeId } = await findNode(turn.context, textField(turn.input, "node"));
    const results: ToolResult[] = [];
    for (const [index, command] of commands.entries()) {
      const payload = await invoke({ nodeId, command, index }, turn);
      results.push(command.answer === "media" ? await keep(payload, turn.files) : readable(payload));
    }
    const isError = results.some((result) => result.isError === true);
    const details = results.map((result) => result.details).filter((detail) => detail !== undefined);
    return {
      text: results.map(({ text }) => text).join("\n"),
      ...(details.length === 0 ? {} : { details }),
      ...(isError ? { isError } : {}),
    };
  });
}

/** Runs work that needs a node; that there is none, and what the gateway refuses, is for the model to read. */
export async function withNode(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await withGateway(work);
  } catch (error) {
    if (error instanceof NoSuchNode) return failed(error.message);
    throw error;
  }
}

async function invoke(
  { nodeId, command, index }: { readonly nodeId: string; readonly command: NodeCommand; readonly index: number },
  { context, signal }: NodeTurn,
): Promise<unknown> {
  const answer = await context.call(
    "node.invoke",
    {
      nodeId,
      command: command.command,
      ...(command.params === undefined ? {} : { params: command.params }),
      timeoutMs: command.timeoutMs,
      idempotencyKey: `${context.runId}:${context.toolCallId}:${index}`,
    },
    signal,
  );
  return answer.payload;
}

async function keep(payload: unknown, files: NodeFiles | undefined): Promise<ToolResult> {
  if (files === undefined) return failed("Pictures and films can not be kept by this gateway.");
  const path = await files.write(payload);
  if (path === undefined) return failed("The node's answer is no picture or film of at most 16 MiB.");
  return { text: `MEDIA:${path}`, details: { path } };
}

function readable(payload: unknown): ToolResult {
  if (payload === undefined || payload === null) return { text: "Done." };
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return { text: text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} … (cut)` };
}

/** Leaves out what was not given. */
export function given(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
