import { defineCommand } from "../command.ts";
import { CRON_JOB_OPTIONS, cronJobOf } from "../command-line/cron-job.ts";
import { argument, flag, negatableFlag, type Option, text } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";
import { jobBlocks } from "../views/cron.ts";

export const command = defineCommand({
  name: "cron edit",
  summary: "Change a scheduled job; what is not named stays",
  arguments: { id: argument("<id>", "The job, as cron list shows it") },
  options: {
    name: text("--name <name>", "Call it this"),
    ...CRON_JOB_OPTIONS,
    enable: onFlag("--enable", "Switch it on", ["disable"]),
    disable: onFlag("--disable", "Switch it off", ["enable"]),
    deleteAfterRun: onFlag("--delete-after-run", "Forget it once it ran well", ["keepAfterRun"]),
    keepAfterRun: onFlag("--keep-after-run", "Keep it after it ran", ["deleteAfterRun"]),
    clearAgent: onFlag("--clear-agent", "It is for the default agent", ["agent"]),
    deliver: choiceFlag("--deliver", "Deliver the answer to a chat"),
    noDeliver: negatableFlag("--no-deliver", "Deliver nothing"),
    bestEffortDeliver: choiceFlag("--best-effort-deliver", "Having nowhere to deliver to is no failure"),
    noBestEffortDeliver: negatableFlag("--no-best-effort-deliver", "Having nowhere to deliver to is a failure"),
    ...RPC_OPTIONS,
  },
  examples: [{ line: `cron edit 1fb07670-e73a-4850-8caa-915273f6b7bf --every 2h --name tea`, does: "Moves it." }],
  async run(context, { options, arguments: { id } }) {
    const job = cronJobOf(options, {
      deliver: options.deliver,
      bestEffort: options.bestEffortDeliver,
    });
    const enabled = either(options.enable, options.disable);
    const deleteAfterRun = either(options.deleteAfterRun, options.keepAfterRun);
    const patch = {
      ...job,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.clearAgent ? { agentId: null } : {}),
      ...(enabled === undefined ? {} : { enabled }),
      ...(deleteAfterRun === undefined ? {} : { deleteAfterRun }),
    };
    if (Object.keys(patch).length === 0) {
      throw new CliError(
        "usage",
        "Nothing to change.",
        `Name what to change; ${context.self} cron edit --help lists it.`,
      );
    }
    await using connection = await connect(context, options, ["operator.admin"]);
    const changed = await connection.call("cron.update", { id, patch });
    return { data: changed, view: [line(toned("good", "changed")), ...jobBlocks(changed, Date.now())] };
  },
});

/** A flag whose `--no-` form says the opposite; neither leaves what is. */
function choiceFlag(flags: string, summary: string): Option<boolean | undefined> {
  return { flags, summary };
}

function onFlag(flags: string, summary: string, conflicts: readonly string[]) {
  return { ...flag(flags, summary), conflicts };
}

function either(yes: boolean, no: boolean): boolean | undefined {
  return yes ? true : no ? false : undefined;
}
