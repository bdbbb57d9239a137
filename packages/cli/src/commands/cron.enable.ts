import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "cron enable",
  summary: "Switch a scheduled job on",
  arguments: { id: argument("<id>", "The job, as cron list --all shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "cron enable 1fb07670-e73a-4850-8caa-915273f6b7bf", does: "Switches it on." }],
  async run(context, { options, arguments: { id } }) {
    await using connection = await connect(context, options, ["operator.admin"]);
    const job = await connection.call("cron.update", { id, patch: { enabled: true } });
    return { data: job, view: [line([toned("good", "on"), ` ${job.name}`])] };
  },
});
