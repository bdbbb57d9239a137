import { defineCommand } from "../command.ts";
import { choice, requiredText, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "system event",
  summary: "Leave a line for the main session",
  arguments: {},
  options: {
    text: requiredText("--text <text>", "The line"),
    mode: withDefault(
      choice("--mode <mode>", ["now", "next-heartbeat"], "When the agent looks at it"),
      "next-heartbeat",
    ),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: `system event --text "The backup failed." --mode now`, does: "Has the agent look at it at once." },
  ],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.write"]);
    const answer = await connection.call("wake", { text: options.text, mode: options.mode });
    const when = options.mode === "now" ? "the agent is woken" : "it is told with the next turn of the main session";
    return { data: answer, view: [line([toned("good", "left"), `: ${when}`])] };
  },
});
