import { defineCommand } from "../command.ts";
import { addressOf, MESSAGE_OPTIONS, runMessage } from "../command-line/message.ts";
import { requiredText } from "../command-line/options.ts";

export const command = defineCommand({
  name: "message edit",
  summary: "Replace the text of a message the account sent",
  arguments: {},
  options: {
    ...MESSAGE_OPTIONS,
    messageId: requiredText("--message-id <id>", "The message, by its id on the platform"),
    message: requiredText("-m, --message <text>", "The new text, Markdown"),
  },
  examples: [{ line: `message edit -t 123456789 --message-id 42 -m "Dinner is late"`, does: "Changes the text." }],
  async run(context, { options }) {
    const params = { to: options.target, messageId: options.messageId, message: options.message };
    return runMessage(context, options, {
      method: "message.action",
      params: { ...addressOf(options), action: "edit", params },
    });
  },
});
