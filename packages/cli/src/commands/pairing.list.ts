import { defineCommand } from "../command.ts";
import { optionalArgument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";
import { duration } from "../views/duration.ts";

export const command = defineCommand({
  name: "pairing list",
  summary: "List strangers who wrote to an account and wait for approval",
  arguments: { channel: optionalArgument("[channel]", "Only this channel, for example telegram") },
  options: RPC_OPTIONS,
  examples: [{ line: "pairing list telegram", does: "Who waits on Telegram, with the code each was given." }],
  async run(context, { options, arguments: { channel } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("pairing.list", channel === undefined ? {} : { channel });
    const now = Date.now();
    const rows = answer.requests.map((request) => [
      toned("strong", request.code),
      request.channel,
      request.accountId,
      request.displayName ?? request.username ?? "-",
      request.senderId,
      request.expiresAt > now ? `in ${duration(request.expiresAt - now)}` : "expired",
    ]);
    return {
      data: answer,
      view: [
        {
          kind: "table",
          columns: ["code", "channel", "account", "name", "sender", "expires"],
          rows,
          whenEmpty: "Nobody waits for approval.",
        },
        ...(rows.length === 0 ? [] : [line(`Let one in: ${context.self} pairing approve <code>`)]),
      ],
    };
  },
});
