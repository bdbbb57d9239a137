import { defineCommand } from "../command.ts";
import { addressOf, MESSAGE_OPTIONS, runMessage } from "../command-line/message.ts";
import { flag, requiredText, text } from "../command-line/options.ts";

export const command = defineCommand({
  name: "message react",
  summary: "Set or remove a reaction on a message",
  arguments: {},
  options: {
    ...MESSAGE_OPTIONS,
    messageId: requiredText("--message-id <id>", "The message, by its id on the platform"),
    emoji: text("--emoji <emoji>", "The reaction; an empty one removes the account's own"),
    remove: flag("--remove", "Remove this reaction"),
  },
  examples: [{ line: `message react -t 123456789 --message-id 42 --emoji 👍`, does: "Sets a reaction." }],
  async run(context, { options }) {
    const { target, messageId, emoji = "", remove } = options;
    const params = { to: target, messageId, emoji, ...(remove ? { remove } : {}) };
    return runMessage(context, options, {
      method: "message.action",
      params: { ...addressOf(options), action: "react", params },
    });
  },
});
