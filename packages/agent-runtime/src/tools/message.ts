import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { textField } from "./fields.ts";
import { failed, withGateway } from "./gateway-call.ts";

/** Sends messages to chats other than the one the turn answers. */
export const messageTool: Tool = {
  name: "message",
  description:
    "Sends a message to a chat through one of the gateway's channels. Your answer to the current conversation is delivered by itself; use this only to write somewhere else.",
  parameters: {
    type: "object",
    properties: {
      action: { type: "string", enum: ["send"] },
      channel: { type: "string", description: "For example telegram. May be left out when one channel is configured." },
      to: {
        type: "string",
        description: "The chat or person, in the channel's own form: a chat id, a phone number, an @name.",
      },
      message: { type: "string", description: "The text, in Markdown." },
      replyTo: { type: "string", description: "The id of the message this one answers." },
      threadId: { type: "string", description: "The topic or thread inside the chat." },
    },
    required: ["action", "to", "message"],
    additionalProperties: false,
  },
  sideEffects: true,
  execute: (input, context) => withGateway(() => send(input, context)),
};

async function send(input: unknown, context: ToolContext): Promise<ToolResult> {
  const action = textField(input, "action");
  const to = textField(input, "to");
  const message = textField(input, "message");
  if (action !== "send") return failed(`The action "${action ?? ""}" does not exist. The only action is "send".`);
  if (to === undefined || message === undefined)
    return failed('"to" and "message" are required and must not be empty.');
  const channel = textField(input, "channel");
  const replyToId = textField(input, "replyTo");
  const threadId = textField(input, "threadId");
  const receipt = await context.call("send", {
    to,
    message,
    ...(channel === undefined ? {} : { channel }),
    ...(replyToId === undefined ? {} : { replyToId }),
    ...(threadId === undefined ? {} : { threadId }),
    idempotencyKey: `${context.runId}:${context.toolCallId}`,
  });
  const id = receipt.messageId === undefined ? "" : ` as message ${receipt.messageId}`;
  const outcome = receipt.state === undefined || receipt.state === "sent" ? "Sent" : `Taken (${receipt.state})`;
  return { text: `${outcome} to ${receipt.chatId ?? to} on ${receipt.channel}${id}.`, details: receipt };
}
