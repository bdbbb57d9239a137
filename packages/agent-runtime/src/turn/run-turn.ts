/**
 * One turn, from the prompt to its end: choose the models → build the prompt → ask → call tools → ask again, until
 * the model calls no more tools.
 */
import { AgentError, type AgentTurn, type Clock, type TurnPart } from "@openclaw/gateway-core/ports";

import { append, type ConversationMessage, toConversation, type ToolOutcome } from "../history/conversation.ts";
import { pruneToolResults } from "../history/pruning.ts";
import { parseThinking } from "../models/thinking.ts";
import type { Calendar } from "../prompt/calendar.ts";
import { systemPrompt } from "../prompt/system-prompt.ts";
import type { WorkspaceFiles } from "../prompt/workspace-files.ts";
import { type AgentSettings, agentSettings, DEFAULT_LIMITS } from "../settings.ts";
import type { RequestedCall } from "./answer.ts";
import { Compactor } from "./summary/compaction.ts";
import { ask, type Question, toolsFor } from "./ask.ts";
import { flushMemory } from "./summary/memory-flush.ts";
import { executeCall, type ToolRoom } from "./tool-execution.ts";
import type { ToolInputCheck } from "./tool-input.ts";
import { modelsOf, type ModelsHost } from "./turn-models.ts";
import { TurnRecord } from "./turn-record.ts";

export interface TurnHost extends ModelsHost {
  readonly clock: Clock;
  readonly workspaceFiles: WorkspaceFiles;
  readonly calendar: Calendar;
  readonly inputCheck: ToolInputCheck;
}

/** The reasons after which a model's tool calls are not made: they may be cut off in the middle. */
const CUT_OFF: ReadonlySet<string> = new Set(["length", "content-filter"]);
/** What a person is told when a model was stopped before it said anything. */
const WITHOUT_WORDS: ReadonlyMap<string, string> = new Map([
  ["content-filter", "The model's provider blocked the answer (content filter)."],
  ["length", "The model reached its output limit before it said anything."],
]);
/** What a turn without words in its prompt says to the model, since an empty message is refused by most. */
const EMPTY_PROMPT = "[The message has no text.]";

/** Runs a turn. Throws AgentError; an aborted signal ends it at once with the signal's reason. */
export async function* runTurn(turn: AgentTurn, signal: AbortSignal, host: TurnHost): AsyncGenerator<TurnPart> {
  signal.throwIfAborted();
  const { settings, clock, log } = host;
  const agent = agentSettings(settings, turn.agentId);
  const limits = { ...DEFAULT_LIMITS, ...settings.limits };
  const models = modelsOf(turn, host);
  const thinking = turn.thinking === undefined ? (agent.thinkingDefault ?? "low") : parseThinking(turn.thinking);
  const today = host.calendar.day(clock.now(), agent.userTimezone);
  const files = await host.workspaceFiles.read(agent, isSubagent(turn));
  const { history, current } = conversationOf(turn);
  const record = new TurnRecord(clock);
  const earlier = new Compactor(history, { history: turn.history, record, log, now: () => clock.now() });
  const room: Omit<ToolRoom, "tools"> = {
    inputCheck: host.inputCheck,
    maxOutputChars: limits.maxToolOutputChars,
    log,
  };
  const systemFor: Question["systemFor"] = (reference, tools) =>
    systemPrompt({ turn: { ...turn, tools }, files, reference, thinking, today });

  const beforeSummary: Question["beforeSummary"] = (provider, { system }) =>
    flushMemory(provider, {
      settings: agent.memoryFlush ?? {},
      system,
      tools: toolsFor(turn.tools, provider),
      conversation: earlier.conversation,
      room,
      record,
      log,
      signal,
    });
  const pruned = pruning(turn, agent, clock);

  for (let step = 1; step <= limits.maxSteps; step += 1) {
    const question: Question = { systemFor, earlier, current, tools: turn.tools, thinking, pruned, beforeSummary };
    const answer = record.withOwnIds(yield* ask(question, models, { record, signal }));
    const calls = CUT_OFF.has(answer.reason) ? [] : answer.calls;
    record.assistant({ ...answer, calls });
    if (calls.length === 0) {
      const why = answer.text === "" ? WITHOUT_WORDS.get(answer.reason) : undefined;
      if (why !== undefined) yield record.note(why, answer.reason);
      yield record.finish(answer.reason);
      return;
    }
    current.push({
      role: "assistant",
      text: answer.text,
      toolCalls: calls,
      ...(answer.native && { native: answer.native }),
    });
    const steering: string[] = [];
    const steer = async () => steering.push(...((await turn.takeSteering?.()) ?? [])) > 0;
    const tools = toolsFor(turn.tools, answer);
    current.push({
      role: "tool",
      results: yield* callTools(calls, { room: { ...room, tools }, record, signal, steer }),
    });
    for (const text of steering) current.push({ role: "user", text });
  }
  const note = `I stopped after ${limits.maxSteps} steps without coming to an end. Ask me to go on if I should.`;
  yield record.note(note, "step-limit");
  yield record.finish("step-limit");
}

function pruning({ history }: AgentTurn, { contextPruning }: AgentSettings, clock: Clock): Question["pruned"] {
  if (contextPruning === undefined || contextPruning.mode === "off") return (conversation) => conversation;
  const lastAskedAt = history.findLast(({ role }) => role === "assistant")?.timestamp;
  return (conversation, contextWindow) =>
    pruneToolResults(conversation, contextPruning, { contextWindow, lastAskedAt, now: clock.now() });
}

interface Calling {
  readonly room: ToolRoom;
  readonly record: TurnRecord;
  readonly signal: AbortSignal;
  /** Looks whether the person has written something new meanwhile. */
  readonly steer: () => Promise<boolean>;
}

/** What the model reads of a call that was not made, because the person wrote something new. */
const SKIPPED = "This call was not made: the person has written something new. Read it before you go on.";

/**
 * Makes the calls of one answer, one after the other: what they do outside happens in the model's order. Once the
 * person has written something new, the calls that remain are not made.
 */
async function* callTools(
  calls: readonly RequestedCall[],
  { room, record, signal, steer }: Calling,
): AsyncGenerator<TurnPart, readonly ToolOutcome[]> {
  const outcomes: ToolOutcome[] = [];
  let isSteered = false;
  for (const call of calls) {
    const { id, name, input } = call;
    yield { type: "tool-call", toolCallId: id, name, input };
    const result = isSteered ? { text: SKIPPED, isError: true } : await executeCall(call, room, signal);
    isSteered ||= await steer();
    yield { type: "tool-result", toolCallId: id, name, result };
    record.toolResult(call, result);
    outcomes.push({ id, name, text: result.text, isError: result.isError ?? false });
  }
  return outcomes;
}

function isSubagent({ sessionKey }: AgentTurn): boolean {
  return sessionKey.split(":")[2] === "subagent";
}

/** The history and, apart from it, the message that the turn answers, which is never left out. */
function conversationOf(turn: AgentTurn): { history: readonly ConversationMessage[]; current: ConversationMessage[] } {
  const conversation = [...toConversation(turn.history)];
  append(conversation, { role: "user", text: turn.prompt.trim() === "" ? EMPTY_PROMPT : turn.prompt });
  const prompt = conversation.pop();
  if (prompt === undefined) throw new AgentError("internal", "The turn has no prompt.");
  return { history: conversation, current: [prompt] };
}
