import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { heading, line } from "../output.ts";
import { pairedTable, pendingTable } from "../views/devices.ts";

export const command = defineCommand({
  name: "devices list",
  summary: "List devices that wait for approval and those that are paired",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "devices list", does: "Who waits, who may connect, and with which scopes." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("device.pair.list", {});
    const now = Date.now();
    return {
      data: answer,
      view: [
        heading("Waiting"),
        pendingTable(answer.pending, now),
        heading("Paired"),
        pairedTable(answer.paired, now),
        ...(answer.pending.length === 0 ? [] : [line(`Let one in: ${context.self} devices approve <request>`)]),
      ],
    };
  },
});
