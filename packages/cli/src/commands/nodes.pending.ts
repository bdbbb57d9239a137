import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { pendingTable } from "../views/nodes.ts";

export const command = defineCommand({
  name: "nodes pending",
  summary: "List the nodes that wait for approval",
  description: "A node that was never let in at all waits among the devices: openclaw devices list.",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "nodes pending", does: "What each wants to offer, and the id to approve it by." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const { pending } = await connection.call("node.pair.list", {});
    return { data: pending, view: [pendingTable(pending, Date.now())] };
  },
});
