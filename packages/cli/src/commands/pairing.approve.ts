import { defineCommand } from "../command.ts";
import { argument, optionalArgument, refused, text } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect, type GatewayConnection } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "pairing approve",
  summary: "Let a stranger write to an account from now on",
  arguments: {
    codeOrChannel: argument("<codeOrChannel>", "The code, or the channel when the code follows"),
    code: optionalArgument("[code]", "The code that the stranger was told"),
  },
  options: {
    channel: text("--channel <channel>", "The channel, when only the code is given"),
    account: text("--account <id>", "The account, where the channel has several"),
    notify: refused("--notify", "telling the sender about an approval is not part of this version"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "pairing approve K7QX2MNP", does: "Finds the channel by the code." },
    { line: "pairing approve telegram K7QX2MNP", does: "Names the channel." },
  ],
  async run(context, { options, arguments: given }) {
    const code = given.code ?? given.codeOrChannel;
    const named = options.channel ?? (given.code === undefined ? undefined : given.codeOrChannel);
    await using connection = await connect(context, options, ["operator.pairing"]);
    const channel = named ?? (await findChannel(connection, code, context.self));
    const answer = await connection.call("pairing.approve", {
      channel,
      code,
      ...(options.account === undefined ? {} : { accountId: options.account }),
    });
    const { request } = answer;
    const who = request.displayName ?? request.username ?? request.senderId;
    return {
      data: answer,
      view: [
        line([
          toned("good", "approved"),
          ` ${who} (${request.senderId}) on ${request.channel}, account ${request.accountId}`,
        ]),
      ],
    };
  },
});

async function findChannel(connection: GatewayConnection, code: string, self: string): Promise<string> {
  const { requests } = await connection.call("pairing.list", {});
  const found = requests.find((request) => request.code.toUpperCase() === code.toUpperCase());
  if (found !== undefined) return found.channel;
  throw new CliError(
    "failure",
    `Nobody waits with the code ${code}. Codes expire an hour after they were given.`,
    `List who waits: ${self} pairing list`,
  );
}
