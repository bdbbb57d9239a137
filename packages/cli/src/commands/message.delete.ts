import { defineCommand } from "../command.ts";
import { addressOf, MESSAGE_OPTIONS, runMessage } from "../command-line/message.ts";
import { requiredText } from "../command-line/options.ts";

export const command = defineCommand({
  name: "message delete",
  summary: "Delete a message",
  arguments: {},
  options: {
    ...MESSAGE_OPTIONS,
    messageId: requiredText("--message-id <id>", "The message, by its id on the platform"),
  },
  examples: [{ line: `message delete -t 123456789 --message-id 42`, does: "Deletes it for everyone." }],
  async run(context, { options }) {
    const params = { to: options.target, messageId: options.messageId };
    return runMessage(context, options, {
      method: "message.action",
      params: { ...addressOf(options), action: "delete", params },
    });
  },
});
