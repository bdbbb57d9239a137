import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { jobTable } from "../views/cron.ts";

export const command = defineCommand({
  name: "cron list",
  summary: "List scheduled jobs, the next one first",
  arguments: {},
  options: { all: flag("--all", "Jobs that are switched off as well"), ...RPC_OPTIONS },
  examples: [{ line: "cron list --all", does: "Every job there is." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const answer = await connection.call("cron.list", { includeDisabled: options.all, limit: 1000 });
    return { data: answer, view: [jobTable(answer.jobs, Date.now())] };
  },
});
