import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { heading } from "../output.ts";
import { nodeTable, pendingTable } from "../views/nodes.ts";

export const command = defineCommand({
  name: "nodes list",
  summary: "List the nodes, and those that wait for approval",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "nodes list --json", does: "For scripts." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read", "operator.pairing"]);
    const [{ ts, nodes }, { pending, paired }] = await Promise.all([
      connection.call("node.list", {}),
      connection.call("node.pair.list", {}),
    ]);
    const waiting = pending.length === 0 ? [] : [heading("Waiting for approval"), pendingTable(pending, ts)];
    return { data: { ts, nodes, pending, paired }, view: [nodeTable(nodes, ts), ...waiting] };
  },
});
