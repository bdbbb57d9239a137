import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { EXIT } from "../exit-codes.ts";
import { connect } from "../gateway/connection.ts";
import { healthBlocks } from "../views/health.ts";

/** R8.1, R6.1: `--json` prints exactly what the method `health` answers. */
export const command = defineCommand({
  name: "health",
  summary: "Show whether the gateway and its channels work",
  description: "Exits 0 when all is well, 1 when the gateway says that something is not, 3 when no gateway answers.",
  arguments: {},
  options: {
    verbose: flag("-v, --verbose", "Ask every channel now, in place of its last known state"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "health", does: "A few lines for a person." },
    { line: "health --json", does: "The whole snapshot, for monitoring." },
  ],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const health = await connection.call("health", options.verbose ? { probe: true } : {});
    return {
      data: health,
      view: healthBlocks(health, { url: connection.target.url, version: connection.serverVersion }),
      exitCode: health.ok ? EXIT.ok : EXIT.failure,
    };
  },
});
