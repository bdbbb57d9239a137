import { defineCommand } from "../command.ts";
import { integer, text, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { runTable } from "../views/cron.ts";

export const command = defineCommand({
  name: "cron runs",
  summary: "Show what became of every slot: ran, failed, missed or skipped, with the reason",
  arguments: {},
  options: {
    id: text("--id <id>", "Only this job, as cron list shows it"),
    limit: withDefault(integer("--limit <n>", { minimum: 1, maximum: 1000 }, "How many, the newest first"), 50),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "cron runs --id 1fb07670-e73a-4850-8caa-915273f6b7bf --limit 10", does: "The last ten slots." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const { id, limit } = options;
    const answer = await connection.call("cron.runs", { limit, ...(id === undefined ? {} : { id }) });
    return { data: answer, view: [runTable(answer.entries, Date.now())] };
  },
});
