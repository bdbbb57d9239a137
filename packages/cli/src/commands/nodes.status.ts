import { defineCommand } from "../command.ts";
import { flag, type Option } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { parseDuration } from "../command-line/time.ts";
import { connect } from "../gateway/connection.ts";
import { nodeTable } from "../views/nodes.ts";

const lastConnected: Option<number | undefined> = {
  flags: "--last-connected <time>",
  summary: "Only nodes seen within this time, for example 24h",
  parse: parseDuration,
};

export const command = defineCommand({
  name: "nodes status",
  summary: "Show the nodes: which are connected, and what they offer",
  arguments: {},
  options: { connected: flag("--connected", "Only nodes that are connected"), lastConnected, ...RPC_OPTIONS },
  examples: [{ line: "nodes status --connected", does: "Who is there now." }],
  async run(context, { options: { connected, lastConnected: within, ...options } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const answer = await connection.call("node.list", {});
    const nodes = answer.nodes.filter(
      (node) =>
        (!connected || node.connected) &&
        (within === undefined || node.connected || answer.ts - (node.lastSeenAtMs ?? 0) <= within),
    );
    return { data: { ...answer, nodes }, view: [nodeTable(nodes, answer.ts)] };
  },
});
