import { AgentError, type BoundTool, type Logger, type TurnPart } from "@openclaw/gateway-core/ports";

import { boundHistory } from "../../history/bound.ts";
import type { ConversationMessage, ToolOutcome } from "../../history/conversation.ts";
import type { ModelProvider } from "../../providers/provider.ts";
import type { MemoryFlushSettings } from "../../settings.ts";
import type { RequestedCall } from "../answer.ts";
import { executeCall, type ToolRoom } from "../tool-execution.ts";
import type { TurnRecord } from "../turn-record.ts";

const PROMPT =
  "The older part of this conversation is about to be summarised. Write down now what must not be lost: facts, decisions, promises, what is open. Put it at the end of memory/YYYY-MM-DD.md of today in your workspace, with the tools you have. Answer NO_REPLY when that is done, or when there is nothing to write down.";
const SYSTEM =
  "# Before a summary\nNobody reads your answer to the last message. Only write things down; do nothing else.";
const MAX_STEPS = 6;
/** Without a tool that writes there is nowhere to write to. */
const WRITES = /(?:^|_)(?:write|edit|append|exec|apply_patch)(?:_|$)/u;

export interface MemoryFlush {
  readonly settings: MemoryFlushSettings;
  readonly system: string;
  readonly tools: readonly BoundTool[];
  readonly conversation: readonly ConversationMessage[];
  readonly room: Omit<ToolRoom, "tools">;
  readonly record: TurnRecord;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Lets the model write down what it wants to remember, in silence: what it says and does is not part of the
 * transcript. A failure is no reason to stop the turn. Source: compaction facts 5.6.
 */
export async function* flushMemory(provider: ModelProvider, flush: MemoryFlush): AsyncGenerator<TurnPart> {
  const { settings, tools, log, signal } = flush;
  if (settings.enabled === false || !tools.some(({ name }) => WRITES.test(name))) return;
  try {
    yield* write(provider, flush);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AgentError)) throw error;
    log.warn("nothing was written down before a summary", { model: provider.reference, error });
  }
}

async function* write(provider: ModelProvider, flush: MemoryFlush): AsyncGenerator<TurnPart> {
  const { settings, tools, record, signal } = flush;
  const system = `${flush.system}\n\n${settings.systemPrompt ?? SYSTEM}`;
  const current: ConversationMessage[] = [{ role: "user", text: settings.prompt ?? PROMPT }];
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const kept = boundHistory(flush.conversation, { system, tools, current }, provider.contextWindow);
    const calls: RequestedCall[] = [];
    let text = "";
    const messages = [...kept, ...current];
    for await (const part of provider.stream({ system, messages, tools, thinking: "off" }, signal)) {
      if (part.type === "text") text += part.delta;
      if (part.type === "tool-call") calls.push(part);
      if (part.type === "finish") record.used(part.usage);
    }
    if (calls.length === 0) return;
    current.push({ role: "assistant", text, toolCalls: calls });
    current.push({ role: "tool", results: yield* makeCalls(calls, flush) });
  }
}

async function* makeCalls(
  calls: readonly RequestedCall[],
  { room, tools, signal }: MemoryFlush,
): AsyncGenerator<TurnPart, ToolOutcome[]> {
  const outcomes: ToolOutcome[] = [];
  for (const call of calls) {
    const { id, name, input } = call;
    yield { type: "tool-call", toolCallId: id, name, input };
    const result = await executeCall(call, { ...room, tools }, signal);
    yield { type: "tool-result", toolCallId: id, name, result };
    outcomes.push({ id, name, text: result.text, isError: result.isError ?? false });
  }
  return outcomes;
}
