import { randomUUID } from "node:crypto";

import { defineCommand } from "../command.ts";
import { flag, refused, requiredText, text } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { connect } from "../gateway/connection.ts";
import { fields, line, toned } from "../output.ts";

/** R8.2. */
export const command = defineCommand({
  name: "message send",
  summary: "Send a message through a channel of the running gateway",
  description:
    "Waits until the platform took the message or it is settled that it did not. The same --idempotency-key never sends " +
    "twice, so a command whose outcome is unclear can be repeated with the key it printed.",
  arguments: {},
  options: {
    channel: text("--channel <channel>", "The channel, for example telegram (default: the only configured one)"),
    target: requiredText("-t, --target <target>", "Who or where: a chat id, a phone number"),
    message: requiredText("-m, --message <text>", "The text, Markdown"),
    account: text("--account <id>", "The account to send from, where the channel has several"),
    replyTo: text("--reply-to <messageId>", "Answer this message"),
    threadId: text("--thread-id <id>", "Send into this thread or topic"),
    idempotencyKey: text("--idempotency-key <key>", "Never send twice with the same key (default: a new one)"),
    dryRun: flag("--dry-run", "Print what would be sent and send nothing"),
    media: refused("--media <pathOrUrl>", "sending media is not part of this version"),
    ...RPC_OPTIONS,
  },
  examples: [
    {
      line: `message send --channel telegram --target 123456789 --message "Dinner is ready"`,
      does: "Sends one message.",
    },
    { line: `message send -t 123456789 -m hi --dry-run --json`, does: "Shows the request as JSON." },
  ],
  async run(context, { options }) {
    const params = {
      to: options.target,
      message: options.message,
      idempotencyKey: options.idempotencyKey ?? randomUUID(),
      ...(options.channel === undefined ? {} : { channel: options.channel }),
      ...(options.account === undefined ? {} : { accountId: options.account }),
      ...(options.replyTo === undefined ? {} : { replyToId: options.replyTo }),
      ...(options.threadId === undefined ? {} : { threadId: options.threadId }),
    };
    if (options.dryRun) {
      return {
        data: { dryRun: true, method: "send", params },
        view: [
          line([toned("strong", "Nothing was sent."), " This is the request:"]),
          { kind: "verbatim", text: `${JSON.stringify(params, undefined, 2)}\n` },
        ],
      };
    }
    await using connection = await connect(context, options, ["operator.write"]);
    const sent = await connection.call("send", params).catch((error: unknown) => {
      throw explain(error, { key: params.idempotencyKey, namesChannel: "channel" in params, self: context.self });
    });
    const delivered = sent.state === undefined || sent.state === "sent";
    return {
      data: sent,
      view: [
        line(delivered ? toned("good", "sent") : toned("warn", `not sent yet: ${sent.state}`)),
        fields(
          ["channel", sent.channel],
          ["to", sent.chatId ?? params.to],
          ["message id", sent.messageId ?? "-"],
          ["idempotency key", params.idempotencyKey],
        ),
      ],
      exitCode: delivered ? EXIT.ok : EXIT.failure,
    };
  },
});

interface Attempt {
  readonly key: string;
  readonly namesChannel: boolean;
  readonly self: string;
}

/** Adds what only the sender can know: the key that makes a repetition safe, and the channel that was not named. */
function explain(error: unknown, { key, namesChannel, self }: Attempt): unknown {
  if (!(error instanceof CliError)) return error;
  if (error.kind === "timeout") {
    return new CliError(
      "timeout",
      `${error.message} The message may have been sent.`,
      `Run the same command again with --idempotency-key ${key}: it never sends twice.`,
      { cause: error },
    );
  }
  if (error.code !== "INVALID_REQUEST" || namesChannel) return error;
  return new CliError(
    "failure",
    error.message,
    `Name the channel with --channel; ${self} channels status lists them.`,
    {
      code: error.code,
      details: error.details,
      cause: error,
    },
  );
}
