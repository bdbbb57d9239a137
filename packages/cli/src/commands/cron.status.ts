import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { fields, toned } from "../output.ts";
import { duration } from "../views/duration.ts";

export const command = defineCommand({
  name: "cron status",
  summary: "Show whether scheduled jobs run, how many there are, and when the next one comes",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "cron status", does: "The scheduler in four lines." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const status = await connection.call("cron.status", {});
    const { nextWakeAtMs: next } = status;
    return {
      data: status,
      view: [
        fields(
          ["cron", status.enabled ? toned("good", "on") : toned("warn", "off (cron.enabled, OPENCLAW_SKIP_CRON)")],
          ["jobs", String(status.jobs)],
          ["next", next === null ? "-" : `in ${duration(Math.max(0, next - Date.now()))}`],
          ["store", status.storePath],
        ),
      ],
    };
  },
});
