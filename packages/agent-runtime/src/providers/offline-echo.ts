import { AgentError, type Clock } from "@openclaw/gateway-core/ports";

import type { ConversationMessage, ToolOutcome } from "../history/conversation.ts";
import { OFFLINE_MODEL } from "../models/known-models.ts";
import { headAndTail } from "../text-bounds.ts";
import { type EchoAction, readScript } from "./echo-script.ts";
import { type ModelCall, type ModelPart, type ModelProvider, NO_USAGE } from "./provider.ts";

const MAX_ECHO_LENGTH = 4_000;
const CHUNKS = 4;

const HOW_TO_CONFIGURE =
  "I am offline/echo, the built-in model that needs no key. For real answers set ANTHROPIC_API_KEY, OPENAI_API_KEY or " +
  "GEMINI_API_KEY in the gateway's environment, or models.providers and agents.defaults.model in the configuration.";

/**
 * The built-in model: answers at once, without key or network, by repeating what it was told. A prompt may script it
 * (see readScript), so that everything around a model can be tried and tested.
 */
export class OfflineEcho implements ModelProvider {
  readonly provider = OFFLINE_MODEL.provider;
  readonly model = OFFLINE_MODEL.id;
  readonly reference = `${OFFLINE_MODEL.provider}/${OFFLINE_MODEL.id}`;
  readonly contextWindow = OFFLINE_MODEL.contextWindow;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async *stream(call: ModelCall, signal: AbortSignal): AsyncGenerator<ModelPart> {
    signal.throwIfAborted();
    const { prompt, answered } = currentTurn(call.messages);
    const script = readScript(prompt);
    const actions =
      script === undefined ? [{ kind: "say" as const, text: plainEcho(prompt) }] : partOf(script, answered.length);
    if (actions.length === 0) actions.push({ kind: "say", text: report(answered.flat()) });
    for (const [index, action] of actions.entries()) {
      switch (action.kind) {
        case "say":
          yield* textParts(action.text, index > 0);
          break;
        case "wait":
          await this.#clock.sleep(action.milliseconds, signal);
          break;
        case "fail":
          throw new AgentError(action.reason, `offline/echo failed as its script says (${action.reason}).`, {
            provider: this.provider,
            model: this.model,
          });
        case "tool": {
          const { name, input, problem } = action;
          const id = `echo_${answered.length + 1}`;
          yield { type: "tool-call", id, name, input, ...(problem === undefined ? {} : { problem }) };
          yield { type: "finish", reason: "tool-calls", usage: NO_USAGE };
          return;
        }
      }
    }
    yield { type: "finish", reason: "stop", usage: NO_USAGE };
  }
}

/** The last thing a person said, and the tool results since, one list per step. */
function currentTurn(messages: readonly ConversationMessage[]): {
  prompt: string;
  answered: (readonly ToolOutcome[])[];
} {
  const start = messages.findLastIndex((message) => message.role === "user");
  const prompt = messages[start];
  const answered = messages.slice(start + 1).flatMap((message) => (message.role === "tool" ? [message.results] : []));
  return { prompt: prompt?.role === "user" ? prompt.text : "", answered };
}

/** The actions that follow the n-th tool call of a script, up to and with the next one. */
function partOf(script: readonly EchoAction[], callsDone: number): EchoAction[] {
  let start = 0;
  for (let call = 0; call < callsDone; call += 1) {
    start = script.findIndex((action, index) => index >= start && action.kind === "tool") + 1;
  }
  const rest = script.slice(start);
  const nextCall = rest.findIndex((action) => action.kind === "tool");
  return nextCall === -1 ? rest : rest.slice(0, nextCall + 1);
}

function plainEcho(prompt: string): string {
  return `You said: ${headAndTail(prompt, MAX_ECHO_LENGTH)}\n\n${HOW_TO_CONFIGURE}`;
}

function report(results: readonly ToolOutcome[]): string {
  return results.map(({ name, text, isError }) => `${name} ${isError ? "failed" : "answered"}: ${text}`).join("\n");
}

/** A few chunks, cut at words, so that what follows a stream has something to follow. */
function* textParts(text: string, separate: boolean): Generator<ModelPart> {
  if (separate) yield { type: "text", delta: "\n" };
  const words = text.split(/(?<=\s)/u);
  const size = Math.max(1, Math.ceil(words.length / CHUNKS));
  for (let start = 0; start < words.length; start += size) {
    yield { type: "text", delta: words.slice(start, start + size).join("") };
  }
}
