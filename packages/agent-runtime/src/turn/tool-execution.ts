import type { BoundTool, Logger, ToolResult } from "@openclaw/gateway-core/ports";

import { headAndTail } from "../text-bounds.ts";
import type { RequestedCall } from "./answer.ts";
import type { ToolInputCheck } from "./tool-input.ts";

export interface ToolRoom {
  readonly tools: readonly BoundTool[];
  readonly inputCheck: ToolInputCheck;
  readonly maxOutputChars: number;
  readonly log: Logger;
}

/**
 * Makes one tool call. What goes wrong becomes a result that the model reads, so that it can try again or say so;
 * only an abort throws, at once and with the signal's reason, even when the tool does not listen.
 */
export async function executeCall(call: RequestedCall, room: ToolRoom, signal: AbortSignal): Promise<ToolResult> {
  signal.throwIfAborted();
  const tool = room.tools.find((candidate) => candidate.name === call.name);
  if (tool === undefined) return refused(unknownTool(call.name, room.tools));
  const problem = call.problem ?? (await room.inputCheck.problem(tool.name, tool.parameters, call.input));
  if (problem !== undefined) return refused(`${problem} Call the tool again with arguments that match its schema.`);
  const result = await untilAborted(attempt(tool, call, { room, signal }), signal);
  return { ...result, text: headAndTail(result.text, room.maxOutputChars) };
}

async function attempt(
  tool: BoundTool,
  call: RequestedCall,
  { room, signal }: { room: ToolRoom; signal: AbortSignal },
): Promise<ToolResult> {
  try {
    return await tool.execute(call.input, call.id, signal);
  } catch (error) {
    signal.throwIfAborted();
    room.log.error("a tool failed", { tool: tool.name, error });
    return refused(`The tool ${tool.name} failed; the gateway's log names the cause.`);
  }
}

function unknownTool(name: string, tools: readonly BoundTool[]): string {
  const names = tools.map((tool) => tool.name).join(", ");
  return `There is no tool "${name.slice(0, 80)}". ${names === "" ? "No tools are available." : `The tools are: ${names}.`}`;
}

function refused(text: string): ToolResult {
  return { text, isError: true };
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // A tool that ends after the turn has nobody to tell.
    work.catch(() => {});
  }
}
