import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { EXIT } from "../exit-codes.ts";
import { connect } from "../gateway/connection.ts";
import { healthBlocks } from "../views/health.ts";

/** R8.1. */
export const command = defineCommand({
  name: "gateway health",
  summary: "Ask a running gateway for its health",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "gateway health --url ws://127.0.0.1:18789", does: "The health of the gateway at an address." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const health = await connection.call("health", {});
    return {
      data: health,
      view: healthBlocks(health, { url: connection.target.url, version: connection.serverVersion }),
      exitCode: health.ok ? EXIT.ok : EXIT.failure,
    };
  },
});
