import { defineCommand } from "../command.ts";
import { addressOf, MESSAGE_OPTIONS, readButtons, readMedia, runMessage } from "../command-line/message.ts";
import { flag, text } from "../command-line/options.ts";
import { CliError } from "../errors.ts";

/** R8.2. */
export const command = defineCommand({
  name: "message send",
  summary: "Send a message through a channel of the running gateway",
  description:
    "Waits until the platform took the message or it is settled that it did not. The same --idempotency-key never sends " +
    "twice, so a command whose outcome is unclear can be repeated with the key it printed.",
  arguments: {},
  options: {
    ...MESSAGE_OPTIONS,
    message: text("-m, --message <text>", "The text, Markdown; needed unless there is a file"),
    media: text("--media <pathOrUrl>", "Send this file, with the text as its caption"),
    buttons: text("--buttons <json>", "Rows of buttons under the message, as JSON"),
    replyTo: text("--reply-to <messageId>", "Answer this message"),
    threadId: text("--thread-id <id>", "Send into this thread or topic"),
    silent: flag("--silent", "Arrive without a sound"),
  },
  examples: [
    {
      line: `message send --channel telegram --target 123456789 --message "Dinner is ready"`,
      does: "Sends one message.",
    },
    { line: `message send -t 123456789 --media ./plan.pdf -m "The plan"`, does: "Sends a file with a caption." },
    { line: `message send -t 123456789 -m hi --dry-run --json`, does: "Shows the request as JSON." },
  ],
  async run(context, { options }) {
    const { message, media, replyTo, threadId, silent } = options;
    if (message === undefined && media === undefined) {
      throw new CliError("usage", "There is nothing to send.", "Give --message, --media, or both.");
    }
    const params = {
      ...addressOf(options),
      to: options.target,
      ...(message === undefined ? {} : { message }),
      ...(await readMedia(media)),
      ...readButtons(options.buttons),
      ...(replyTo === undefined ? {} : { replyToId: replyTo }),
      ...(threadId === undefined ? {} : { threadId }),
      ...(silent ? { silent } : {}),
    };
    return runMessage(context, options, { method: "send", params });
  },
});
