import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { channelBlocks } from "../views/channels.ts";

export const command = defineCommand({
  name: "channels status",
  summary: "Show every channel account: state, identity, what is wrong and what to do",
  arguments: {},
  options: {
    probe: flag("--probe", "Ask each platform now whether the connection works"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "channels status", does: "The last known state of every account." },
    { line: "channels status --probe", does: "Asks the platforms first." },
  ],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const status = await connection.call("channels.status", { probe: options.probe, timeoutMs: options.timeout });
    return { data: status, view: channelBlocks(status) };
  },
});
