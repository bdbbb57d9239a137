import { createHash } from "node:crypto";

import type { ModelMessage, ToolModelMessage } from "ai";

import type { AssistantMessage, ConversationMessage, ToolOutcome } from "../../history/conversation.ts";
import type { ModelEndpoint } from "../../models/resolve.ts";

/** Gives a tool call's id the form that a provider takes. Equal ids stay equal. */
type IdForm = (id: string) => string;

/**
 * Turns a well-formed conversation into the AI SDK's messages. What the same model said earlier in this turn is sent
 * back as it came; everything else is written anew, with ids in the form the provider takes.
 */
export function toModelMessages(conversation: readonly ConversationMessage[], endpoint: ModelEndpoint): ModelMessage[] {
  const form = idForm(endpoint);
  const messages: ModelMessage[] = [];
  // A result has to name its call as the call was sent.
  let callForm = form;
  for (const message of conversation) {
    switch (message.role) {
      case "user":
        messages.push({ role: "user", content: message.text });
        break;
      case "assistant": {
        const native = message.native?.reference === endpoint.reference ? message.native.messages : undefined;
        callForm = native === undefined ? form : (id) => id;
        messages.push(...(native ?? [assistantMessage(message, form)]));
        break;
      }
      case "tool":
        messages.push(toolMessage(message.results, callForm));
        break;
    }
  }
  return messages;
}

function assistantMessage(message: AssistantMessage, form: IdForm): ModelMessage {
  const text = message.text.trim() === "" ? [] : [{ type: "text" as const, text: message.text }];
  const calls = message.toolCalls.map(({ id, name, input }) => ({
    type: "tool-call" as const,
    toolCallId: form(id),
    toolName: name,
    // Providers take objects only; what a model sent instead was answered with an error.
    input: typeof input === "object" && input !== null ? input : {},
  }));
  return { role: "assistant", content: [...text, ...calls] };
}

function toolMessage(results: readonly ToolOutcome[], form: IdForm): ToolModelMessage {
  return {
    role: "tool",
    content: results.map(({ id, name, text, isError }) => ({
      type: "tool-result",
      toolCallId: form(id),
      toolName: name,
      output: { type: isError ? "error-text" : "text", value: text },
    })),
  };
}

/** Mistral takes nine letters and digits, Google letters and digits, the others up to 40 of `A-Za-z0-9_-`. */
function idForm(endpoint: ModelEndpoint): IdForm {
  if (endpoint.provider === "mistral") return (id) => (/^[A-Za-z0-9]{9}$/u.test(id) ? id : hashed(id, 9));
  if (endpoint.api === "google-generative-ai") return (id) => (/^[A-Za-z0-9]{1,40}$/u.test(id) ? id : hashed(id, 24));
  return (id) => (/^[\w-]{1,40}$/u.test(id) ? id : hashed(id, 24));
}

function hashed(id: string, length: number): string {
  return createHash("sha256").update(id).digest("hex").slice(0, length);
}
