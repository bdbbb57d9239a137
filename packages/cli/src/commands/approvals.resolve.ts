import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, toned } from "../output.ts";

export const command = defineCommand({
  name: "approvals resolve",
  summary: "Decide about a command that waits",
  arguments: {
    id: argument("<id>", "As approvals pending shows it"),
    decision: { ...argument("<decision>", "What to say to it"), choices: ["allow-once", "allow-always", "deny"] },
  },
  options: RPC_OPTIONS,
  examples: [{ line: "approvals resolve 3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d deny", does: "It does not run." }],
  async run(context, { options, arguments: { id, decision } }) {
    await using connection = await connect(context, options, ["operator.approvals"]);
    const answer = await connection.call("exec.approval.resolve", { id, decision });
    const isAllowed = decision !== "deny";
    return { data: answer, view: [line([toned(isAllowed ? "good" : "warn", decision), ` ${id}`])] };
  },
});
