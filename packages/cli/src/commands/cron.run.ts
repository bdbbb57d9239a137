import { defineCommand } from "../command.ts";
import { argument, flag } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "cron run",
  summary: "Run a scheduled job if it is due, or now",
  description: "The run goes on in the gateway; cron runs shows how it ended.",
  arguments: { id: argument("<id>", "The job, as cron list shows it") },
  options: { force: flag("--force", "Run it whether it is due or not, switched off or not"), ...RPC_OPTIONS },
  examples: [{ line: "cron run 1fb07670-e73a-4850-8caa-915273f6b7bf --force", does: "Runs it now." }],
  async run(context, { options, arguments: { id } }) {
    await using connection = await connect(context, options, ["operator.admin"]);
    const answer = await connection.call("cron.run", { id, mode: options.force ? "force" : "due" });
    const isRunning = answer.enqueued === true || answer.ran === true;
    const why =
      answer.reason === "not-due"
        ? `not due; ${context.self} cron run ${id} --force runs it now`
        : (answer.reason ?? "");
    return {
      data: answer,
      view: [
        line(
          isRunning
            ? [toned("good", "runs"), answer.runId === undefined ? "" : ` ${answer.runId}`]
            : toned("warn", why),
        ),
      ],
    };
  },
});
