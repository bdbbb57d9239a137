import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "cron rm",
  summary: "Remove a scheduled job; the record of its runs stays",
  arguments: { id: argument("<id>", "The job, as cron list shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "cron rm 1fb07670-e73a-4850-8caa-915273f6b7bf", does: "It does not run again." }],
  async run(context, { options, arguments: { id } }) {
    await using connection = await connect(context, options, ["operator.admin"]);
    const answer = await connection.call("cron.remove", { id });
    return { data: answer, view: [line([toned("good", "removed"), ` ${id}`])] };
  },
});
