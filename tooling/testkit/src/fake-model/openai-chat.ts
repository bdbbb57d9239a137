import {
  callId,
  type Dialect,
  finishOf,
  halves,
  inputText,
  type PlainMessage,
  records,
  sse,
  textOf,
  usageOf,
  isRecord,
} from "./dialect.ts";
import type { FakeAnswer, FakeToolCall } from "./reply.ts";

const FINISH = { stop: "stop", length: "length", "tool-calls": "tool_calls" } as const;

function usage(answer: FakeAnswer) {
  const counts = usageOf(answer);
  if (counts === undefined) return undefined;
  return {
    prompt_tokens: counts.input,
    completion_tokens: counts.output,
    total_tokens: counts.input + counts.output,
    prompt_tokens_details: { cached_tokens: counts.cached },
  };
}

function chunk(model: string, delta: unknown, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return sse({ id: "chatcmpl-fake", object: "chat.completion.chunk", created: 1, model, choices });
}

function callChunks(model: string, call: FakeToolCall, index: number): string[] {
  const head = { index, id: callId(call.id), type: "function", function: { name: call.name, arguments: "" } };
  const pieces = halves(inputText(call.input));
  return [head, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))].map((delta) =>
    chunk(model, { tool_calls: [delta] }),
  );
}

/** OpenAI Chat Completions, the dialect that most other providers speak too. */
export const openaiChat: Dialect = {
  name: "openai-completions",
  handles: (path) => path.endsWith("/chat/completions"),

  messages(body) {
    if (!isRecord(body)) return [];
    return records(body["messages"]).flatMap((message): PlainMessage[] => {
      const role = message["role"];
      if (role !== "user" && role !== "assistant" && role !== "tool") return [];
      return [{ role, text: textOf(message["content"]) }];
    });
  },

  wantsStream: (_path, body) => isRecord(body) && body["stream"] === true,

  stream(answer, model) {
    const content = [
      ...(answer.reasoning ?? []).map((text) => chunk(model, { reasoning_content: text })),
      chunk(model, { role: "assistant", content: "" }),
      ...(answer.text ?? []).map((text) => chunk(model, { content: text })),
      ...(answer.toolCalls ?? []).flatMap((call, index) => callChunks(model, call, index)),
    ];
    const counts = usage(answer);
    const final = [
      chunk(model, {}, FINISH[finishOf(answer)]),
      ...(counts === undefined
        ? []
        : [
            sse({
              id: "chatcmpl-fake",
              object: "chat.completion.chunk",
              created: 1,
              model,
              choices: [],
              usage: counts,
            }),
          ]),
      sse("[DONE]"),
    ];
    return { content, final };
  },

  whole(answer, model) {
    const calls = (answer.toolCalls ?? []).map((call) => ({
      id: callId(call.id),
      type: "function",
      function: { name: call.name, arguments: inputText(call.input) },
    }));
    const message = {
      role: "assistant",
      content: (answer.text ?? []).join(""),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    const choices = [{ index: 0, message, finish_reason: FINISH[finishOf(answer)] }];
    return { id: "chatcmpl-fake", object: "chat.completion", created: 1, model, choices, usage: usage(answer) };
  },

  error: (_status, message, code) => ({ error: { message, type: "fake_error", param: null, code: code ?? null } }),
};
