import type { PlainMessage } from "./dialect.ts";
import type { FakeReply } from "./reply.ts";

/** Where a directive may stand: at the start of a line, or after the "[Telegram …] " that a channel may put in front. */
const DIRECTIVE = /(?:^|\n|\] )(say|tool|error|slow|hang|cut):[ \t]*([^\n]*)/u;

function toolReply(text: string): FakeReply {
  const [name = "", ...rest] = text.split(" ");
  return { kind: "answer", toolCalls: [{ name, input: rest.length === 0 ? {} : rest.join(" ") }] };
}

/**
 * What the fake model does when a test scripts nothing: it answers "Echo: " and the last user text. A line in that
 * text may direct it instead:
 * - `say: text` answers exactly the text;
 * - `tool: name {"json":true}` calls a tool, then answers "Tool said: " and what the tool gave;
 * - `error: 429 message` answers with that HTTP error;
 * - `slow: 200 text` streams the text word by word with that many milliseconds between;
 * - `hang: text` streams the text and then nothing more; `cut: text` streams it and breaks the connection.
 */
export function echoScript(messages: readonly PlainMessage[]): FakeReply {
  const last = messages.at(-1);
  if (last?.role === "tool") return { kind: "answer", text: ["Tool said: ", last.text] };
  const prompt = messages.findLast((message) => message.role === "user")?.text ?? "";
  const [, directive, rest = ""] = DIRECTIVE.exec(prompt) ?? [];
  switch (directive) {
    case "say":
      return { kind: "answer", text: [rest] };
    case "tool":
      return toolReply(rest);
    case "error": {
      const [status = "500", ...words] = rest.split(" ");
      return { kind: "error", status: Number(status), message: words.join(" ") || "scripted error" };
    }
    case "slow": {
      const [delay = "100", ...words] = rest.split(" ");
      return { kind: "answer", text: words.map((word) => `${word} `), delayMs: Number(delay) };
    }
    case "hang":
      return { kind: "answer", text: [rest], ending: "hang" };
    case "cut":
      return { kind: "answer", text: [rest], ending: "cut" };
    case undefined:
    default:
      return { kind: "answer", text: ["Echo: ", prompt] };
  }
}
