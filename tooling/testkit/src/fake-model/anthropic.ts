import {
  callId,
  type Dialect,
  finishOf,
  halves,
  inputText,
  isRecord,
  type PlainMessage,
  records,
  sse,
  textOf,
  usageOf,
} from "./dialect.ts";
import type { FakeAnswer } from "./reply.ts";

const STOP = { stop: "end_turn", length: "max_tokens", "tool-calls": "tool_use" } as const;

type Block = Readonly<Record<string, unknown>>;

function event(data: Block): string {
  return sse(data, String(data["type"]));
}

/** One content block of the stream: its start, its deltas and its stop. */
function block(index: number, start: Block, deltas: readonly Block[]): string[] {
  return [
    event({ type: "content_block_start", index, content_block: start }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ];
}

function inputUsage(answer: FakeAnswer): Block {
  const counts = usageOf(answer);
  const cached = counts?.cached ?? 0;
  return { input_tokens: (counts?.input ?? 0) - cached, cache_read_input_tokens: cached, output_tokens: 0 };
}

function contentFrames(answer: FakeAnswer): string[] {
  const blocks: { start: Block; deltas: Block[] }[] = [];
  if ((answer.reasoning ?? []).length > 0) {
    const deltas: Block[] = (answer.reasoning ?? []).map((thinking) => ({ type: "thinking_delta", thinking }));
    deltas.push({ type: "signature_delta", signature: "c2lnbmF0dXJl" });
    blocks.push({ start: { type: "thinking", thinking: "", signature: "" }, deltas });
  }
  if ((answer.text ?? []).length > 0) {
    const deltas = (answer.text ?? []).map((text) => ({ type: "text_delta", text }));
    blocks.push({ start: { type: "text", text: "" }, deltas });
  }
  for (const call of answer.toolCalls ?? []) {
    const deltas = halves(inputText(call.input)).map((piece) => ({ type: "input_json_delta", partial_json: piece }));
    blocks.push({ start: { type: "tool_use", id: callId(call.id), name: call.name, input: {} }, deltas });
  }
  return blocks.flatMap(({ start, deltas }, index) => block(index, start, deltas));
}

/** Anthropic Messages. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  handles: (path) => path.endsWith("/messages"),

  messages(body) {
    if (!isRecord(body)) return [];
    return records(body["messages"]).flatMap((message): PlainMessage[] => {
      const role = message["role"];
      if (role !== "user" && role !== "assistant") return [];
      const results = records(message["content"]).filter((part) => part["type"] === "tool_result");
      if (results.length > 0) return results.map((part) => ({ role: "tool", text: textOf(part["content"]) }));
      return [{ role, text: textOf(message["content"]) }];
    });
  },

  wantsStream: (_path, body) => isRecord(body) && body["stream"] === true,

  stream(answer, model) {
    const head = {
      id: "msg_fake",
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
    };
    const content = [
      event({ type: "message_start", message: { ...head, usage: inputUsage(answer) } }),
      event({ type: "ping" }),
      ...contentFrames(answer),
    ];
    const delta = { stop_reason: STOP[finishOf(answer)], stop_sequence: null };
    const final = [
      event({ type: "message_delta", delta, usage: { output_tokens: usageOf(answer)?.output ?? 0 } }),
      event({ type: "message_stop" }),
    ];
    return { content, final };
  },

  whole(answer, model) {
    const text = (answer.text ?? []).join("");
    const content = [
      ...(text === "" ? [] : [{ type: "text", text }]),
      ...(answer.toolCalls ?? []).map((call) => ({
        type: "tool_use",
        id: callId(call.id),
        name: call.name,
        input: call.input,
      })),
    ];
    const usage = { ...inputUsage(answer), output_tokens: usageOf(answer)?.output ?? 0 };
    const stop = { stop_reason: STOP[finishOf(answer)], stop_sequence: null };
    return { id: "msg_fake", type: "message", role: "assistant", model, content, usage, ...stop };
  },

  error: (_status, message, code) => ({ type: "error", error: { type: code ?? "api_error", message } }),
};
