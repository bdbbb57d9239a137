import { defineCommand } from "../command.ts";
import { addressOf, MESSAGE_OPTIONS, runMessage } from "../command-line/message.ts";
import { flag, requiredText, text, texts } from "../command-line/options.ts";
import { CliError } from "../errors.ts";

export const command = defineCommand({
  name: "message poll",
  summary: "Ask a chat to choose among options",
  arguments: {},
  options: {
    ...MESSAGE_OPTIONS,
    question: requiredText("--poll-question <text>", "What is asked"),
    choices: texts("--poll-option <text...>", "An answer; give 2 to 12 of them"),
    multi: flag("--poll-multi", "A person may choose several answers"),
    threadId: text("--thread-id <id>", "Send into this thread or topic"),
    silent: flag("--silent", "Arrive without a sound"),
  },
  examples: [
    { line: `message poll -t 123456789 --poll-question "Tea?" --poll-option yes --poll-option no`, does: "Asks." },
  ],
  async run(context, { options }) {
    const { question, choices, multi, threadId, silent } = options;
    if (choices.length < 2 || choices.length > 12) {
      throw new CliError("usage", `A poll has 2 to 12 options; these are ${choices.length}.`, "Repeat --poll-option.");
    }
    const params = {
      ...addressOf(options),
      to: options.target,
      question,
      options: [...choices],
      ...(multi ? { maxSelections: choices.length } : {}),
      ...(threadId === undefined ? {} : { threadId }),
      ...(silent ? { silent } : {}),
    };
    return runMessage(context, options, { method: "poll", params });
  },
});
