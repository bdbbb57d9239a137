import { type Dialect, finishOf, isRecord, type PlainMessage, records, sse, textOf, usageOf } from "./dialect.ts";
import type { FakeAnswer } from "./reply.ts";

type Part = Readonly<Record<string, unknown>>;

function usage(answer: FakeAnswer): Part | undefined {
  const counts = usageOf(answer);
  if (counts === undefined) return undefined;
  return {
    promptTokenCount: counts.input,
    candidatesTokenCount: counts.output,
    cachedContentTokenCount: counts.cached,
    totalTokenCount: counts.input + counts.output,
  };
}

function callParts(answer: FakeAnswer): Part[] {
  return (answer.toolCalls ?? []).map((call) => ({ functionCall: { name: call.name, args: call.input } }));
}

function frame(model: string, parts: readonly Part[], rest: Part = {}): Part {
  const { finishReason, ...top } = rest;
  const candidate = {
    content: { role: "model", parts },
    index: 0,
    ...(finishReason === undefined ? {} : { finishReason }),
  };
  return { candidates: [candidate], modelVersion: model, responseId: "fake", ...top };
}

function ending(answer: FakeAnswer): Part {
  const counts = usage(answer);
  const finishReason = finishOf(answer) === "length" ? "MAX_TOKENS" : "STOP";
  return { finishReason, ...(counts === undefined ? {} : { usageMetadata: counts }) };
}

function messageText(parts: readonly Part[]): string {
  return parts.map((part) => textOf(part["text"])).join("");
}

/** Google generateContent and streamGenerateContent. */
export const googleGenerate: Dialect = {
  name: "google-generative-ai",
  handles: (path) => /:(streamG|g)enerateContent$/u.test(path),

  messages(body) {
    if (!isRecord(body)) return [];
    return records(body["contents"]).flatMap((content): PlainMessage[] => {
      const parts = records(content["parts"]);
      const results = parts.map((part) => part["functionResponse"]).filter((result) => isRecord(result));
      if (results.length > 0) {
        return results.map((result) => ({ role: "tool", text: JSON.stringify(result["response"]) }));
      }
      return [{ role: content["role"] === "model" ? "assistant" : "user", text: messageText(parts) }];
    });
  },

  wantsStream: (path) => path.endsWith(":streamGenerateContent"),

  stream(answer, model) {
    const content = [
      ...(answer.reasoning ?? []).map((text) => sse(frame(model, [{ text, thought: true }]))),
      ...(answer.text ?? []).map((text) => sse(frame(model, [{ text }]))),
      ...callParts(answer).map((part) => sse(frame(model, [part]))),
    ];
    return { content, final: [sse(frame(model, [{ text: "" }], ending(answer)))] };
  },

  whole(answer, model) {
    return frame(model, [{ text: (answer.text ?? []).join("") }, ...callParts(answer)], ending(answer));
  },

  error: (status, message, code) => ({ error: { code: status, message, status: code ?? "UNKNOWN" } }),
};
