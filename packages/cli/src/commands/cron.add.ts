import { defineCommand } from "../command.ts";
import { CRON_JOB_OPTIONS, cronJobOf, requireOneOfEach } from "../command-line/cron-job.ts";
import { flag, requiredText } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";
import { jobBlocks } from "../views/cron.ts";

export const command = defineCommand({
  name: "cron add",
  summary: "Add a scheduled job: a line for the main session, or a turn of its own",
  description:
    "Needs one of --at, --every and --cron, and one of --system-event and --message. A run that the gateway was not there " +
    "for is made up for within ten minutes and recorded as missed after that; --missed says otherwise.",
  arguments: {},
  options: {
    name: requiredText("--name <name>", "What to call it"),
    ...CRON_JOB_OPTIONS,
    disabled: flag("--disabled", "Add it switched off"),
    deleteAfterRun: flag("--delete-after-run", "With --at: forget it once it ran well"),
    deliver: flag("--deliver", "Deliver the answer to a chat"),
    bestEffortDeliver: flag("--best-effort-deliver", "Having nowhere to deliver to is no failure"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: `cron add --name tea --at 20m --system-event "The tea is ready." --wake now`, does: "A reminder." },
    {
      line: `cron add --name news --cron "0 7 * * *" --tz Europe/Berlin --message "What is new?" --deliver`,
      does: "A report every morning, to the chat that last wrote.",
    },
  ],
  async run(context, { options }) {
    requireOneOfEach(options);
    const job = cronJobOf(options, {
      deliver: options.deliver ? true : undefined,
      bestEffort: options.bestEffortDeliver ? true : undefined,
    });
    await using connection = await connect(context, options, ["operator.admin"]);
    const added = await connection.call("cron.add", {
      ...job,
      name: options.name,
      enabled: !options.disabled,
      ...(options.deleteAfterRun ? { deleteAfterRun: true } : {}),
    });
    return { data: added, view: [line(toned("good", "added")), ...jobBlocks(added, Date.now())] };
  },
});
