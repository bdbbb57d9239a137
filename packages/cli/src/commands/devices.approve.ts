import { defineCommand } from "../command.ts";
import { flag, optionalArgument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect, type GatewayConnection } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";
import { nameOf, wants } from "../views/devices.ts";

export const command = defineCommand({
  name: "devices approve",
  summary: "Let a device that waits connect from now on",
  description: "Look at what it wants first: devices list. It gets exactly the role and the scopes that stand there.",
  arguments: { requestId: optionalArgument("[requestId]", "The request, as devices list shows it") },
  options: { latest: flag("--latest", "The newest request, whichever that is"), ...RPC_OPTIONS },
  examples: [
    { line: "devices approve ea647fba-039b-4f16-8221-1c403c3b353a", does: "Approves this request." },
    { line: "devices approve --latest", does: "Approves the one that came last." },
  ],
  async run(context, { options, arguments: given }) {
    if ((given.requestId === undefined) === !options.latest) {
      throw new CliError(
        "usage",
        "devices approve takes a request id or --latest, one of the two.",
        `See what waits: ${context.self} devices list`,
      );
    }
    // Nobody can give a device more than they have, and what this one wants is not known yet.
    await using connection = await connect(context, options, ["operator.admin"]);
    const requestId = given.requestId ?? (await latestRequest(connection, context.self));
    const answer = await connection.call("device.pair.approve", { requestId });
    const { device } = answer;
    const may = device.tokens.map((token) => wants(token.role, token.scopes)).join("; ");
    return { data: answer, view: [line([toned("good", "approved"), ` ${nameOf(device)}, ${may}`])] };
  },
});

async function latestRequest(connection: GatewayConnection, self: string): Promise<string> {
  const { pending } = await connection.call("device.pair.list", {});
  const [latest] = pending.toSorted((a, b) => b.ts - a.ts);
  if (latest !== undefined) return latest.requestId;
  throw new CliError(
    "failure",
    "No device waits for approval. A request is forgotten 15 minutes after the device last asked.",
    `Let the device connect again, then look: ${self} devices list`,
  );
}
