import { defineCommand } from "../command.ts";
import { addressOf, dryRun, explain, MESSAGE_OPTIONS, readMedia } from "../command-line/message.ts";
import { text, texts } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

const { target: _target, ...options } = MESSAGE_OPTIONS;

interface Delivery {
  readonly target: string;
  readonly state: string;
  readonly messageId?: string;
  readonly error?: string;
}

export const command = defineCommand({
  name: "message broadcast",
  summary: "Send one message to several chats",
  description:
    "The chats are served one after the other; a failure of one does not keep the message from the others. Repeated with " +
    "the same --idempotency-key, it reaches those it did not reach before and nobody twice.",
  arguments: {},
  options: {
    ...options,
    targets: texts("--targets <target...>", "The chats"),
    message: text("-m, --message <text>", "The text, Markdown; needed unless there is a file"),
    media: text("--media <pathOrUrl>", "Send this file, with the text as its caption"),
  },
  examples: [{ line: `message broadcast --targets 123 456 -m "Dinner is ready"`, does: "Tells both." }],
  async run(context, { options: given }) {
    const { targets, message, media } = given;
    if (targets.length === 0) throw new CliError("usage", "Nobody is named.", "Give --targets with one chat or more.");
    if (message === undefined && media === undefined) {
      throw new CliError("usage", "There is nothing to send.", "Give --message, --media, or both.");
    }
    const { idempotencyKey, ...address } = addressOf({ ...given, target: "" });
    const body = { ...address, ...(message === undefined ? {} : { message }), ...(await readMedia(media)) };
    const requests = targets.map((to) => ({ ...body, to, idempotencyKey: `${idempotencyKey}:${to}` }));
    if (given.dryRun) return dryRun("send", { requests });
    await using connection = await connect(context, given, ["operator.write"]);
    const deliveries: Delivery[] = [];
    for (const request of requests) {
      deliveries.push(
        await connection.call("send", request).then(
          ({ state = "sent", messageId }) => ({
            target: request.to,
            state,
            ...(messageId === undefined ? {} : { messageId }),
          }),
          (error: unknown) => {
            const about = { key: idempotencyKey, namesChannel: "channel" in request, self: context.self };
            const explained = explain(error, about);
            return { target: request.to, state: "failed", error: explained instanceof Error ? explained.message : "" };
          },
        ),
      );
    }
    const isComplete = deliveries.every(({ state }) => state === "sent");
    return {
      data: { idempotencyKey, deliveries },
      view: deliveries.map(({ target, state, error }) =>
        line([
          toned(state === "sent" ? "good" : "warn", state),
          ` ${target}${error === undefined ? "" : `: ${error}`}`,
        ]),
      ),
      exitCode: isComplete ? EXIT.ok : EXIT.failure,
    };
  },
});
