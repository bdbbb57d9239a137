import { defineCommand } from "../command.ts";
import { choice, text } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import { askNode, doneOutput, given, nodeOptions } from "../nodes/invoke.ts";

export const command = defineCommand({
  name: "nodes notify",
  summary: "Show a notification on a node",
  arguments: {},
  options: {
    title: text("--title <text>", "Its title"),
    body: text("--body <text>", "What it says"),
    sound: text("--sound <name>", "The sound it makes"),
    priority: choice("--priority <level>", ["passive", "active", "timeSensitive"], "How much it wants to be seen"),
    delivery: choice("--delivery <way>", ["system", "overlay", "auto"], "How it is shown (default: system)"),
    ...nodeOptions({ invoke: 15_000, rpc: 20_000 }),
  },
  examples: [{ line: `nodes notify --node studio --title Dinner --body "It is ready"`, does: "Shows it on the Mac." }],
  async run(context, { options }) {
    const { title, body, sound, priority, delivery } = options;
    if (title === undefined && body === undefined) {
      throw new CliError("usage", "There is nothing to show.", "Give --title, --body, or both.");
    }
    const params = given({ title: title ?? "", body: body ?? "", sound, priority, delivery });
    return doneOutput(await askNode(context, options, { command: "system.notify", params }), "shown");
  },
});
