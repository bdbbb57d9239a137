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
import type { FakeAnswer, FakeToolCall } from "./reply.ts";

type Item = Readonly<Record<string, unknown>>;

/** Hands out the running number that every event of a response carries. */
function sequenced(events: readonly Item[]): string[] {
  return events.map((event, index) => sse({ ...event, sequence_number: index }, String(event["type"])));
}

function messageItem(text: string, status: "in_progress" | "completed"): Item {
  const content = status === "completed" ? [{ type: "output_text", text, annotations: [] }] : [];
  return { type: "message", id: "msg_fake", role: "assistant", status, content };
}

function textEvents(chunks: readonly string[]): Item[] {
  if (chunks.length === 0) return [];
  const place = { item_id: "msg_fake", output_index: 0, content_index: 0 };
  const text = chunks.join("");
  return [
    { type: "response.output_item.added", output_index: 0, item: messageItem("", "in_progress") },
    { type: "response.content_part.added", ...place, part: { type: "output_text", text: "", annotations: [] } },
    ...chunks.map((delta): Item => Object.assign({ type: "response.output_text.delta", delta }, place)),
    { type: "response.output_text.done", ...place, text },
    { type: "response.content_part.done", ...place, part: { type: "output_text", text, annotations: [] } },
    { type: "response.output_item.done", output_index: 0, item: messageItem(text, "completed") },
  ];
}

function callItem(call: FakeToolCall, outputIndex: number, id: string, status: "in_progress" | "completed"): Item {
  const finished = status === "completed" ? inputText(call.input) : "";
  return {
    type: "function_call",
    id: `fc_fake${outputIndex}`,
    call_id: id,
    name: call.name,
    arguments: finished,
    status,
  };
}

function callEvents(call: FakeToolCall, outputIndex: number): Item[] {
  const id = callId(call.id);
  const place = { item_id: `fc_fake${outputIndex}`, output_index: outputIndex };
  const whole = inputText(call.input);
  return [
    {
      type: "response.output_item.added",
      output_index: outputIndex,
      item: callItem(call, outputIndex, id, "in_progress"),
    },
    ...halves(whole).map((delta): Item =>
      Object.assign({ type: "response.function_call_arguments.delta", delta }, place),
    ),
    { type: "response.function_call_arguments.done", ...place, arguments: whole },
    {
      type: "response.output_item.done",
      output_index: outputIndex,
      item: callItem(call, outputIndex, id, "completed"),
    },
  ];
}

function response(answer: FakeAnswer, model: string, status: "in_progress" | "completed" | "incomplete"): Item {
  const counts = usageOf(answer);
  return {
    id: "resp_fake",
    object: "response",
    created_at: 1,
    model,
    status,
    output: [],
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    usage:
      status === "in_progress" || counts === undefined
        ? null
        : {
            input_tokens: counts.input,
            input_tokens_details: { cached_tokens: counts.cached },
            output_tokens: counts.output,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: counts.input + counts.output,
          },
  };
}

function endOf(answer: FakeAnswer): "completed" | "incomplete" {
  return finishOf(answer) === "length" ? "incomplete" : "completed";
}

/** OpenAI Responses. */
export const openaiResponses: Dialect = {
  name: "openai-responses",
  handles: (path) => path.endsWith("/responses"),

  messages(body) {
    if (!isRecord(body)) return [];
    return records(body["input"]).flatMap((item): PlainMessage[] => {
      if (item["type"] === "function_call_output") return [{ role: "tool", text: textOf(item["output"]) }];
      const role = item["role"];
      if (role !== "user" && role !== "assistant") return [];
      return [{ role, text: textOf(item["content"]) }];
    });
  },

  wantsStream: (_path, body) => isRecord(body) && body["stream"] === true,

  stream(answer, model) {
    const text = textEvents(answer.text ?? []);
    const first = text.length === 0 ? 0 : 1;
    const end = endOf(answer);
    const events = sequenced([
      { type: "response.created", response: response(answer, model, "in_progress") },
      ...text,
      ...(answer.toolCalls ?? []).flatMap((call, index) => callEvents(call, first + index)),
      { type: `response.${end}`, response: response(answer, model, end) },
    ]);
    return { content: events.slice(0, -1), final: events.slice(-1) };
  },

  whole(answer, model) {
    const text = (answer.text ?? []).join("");
    const output = [
      ...(text === "" ? [] : [messageItem(text, "completed")]),
      ...(answer.toolCalls ?? []).map((call, index) => callItem(call, index + 1, callId(call.id), "completed")),
    ];
    return { ...response(answer, model, endOf(answer)), output };
  },

  error: (_status, message, code) => ({ error: { message, type: "fake_error", param: null, code: code ?? null } }),
};
