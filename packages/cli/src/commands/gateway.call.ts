import { defineCommand } from "../command.ts";
import { argument, flag, text, withDefault } from "../command-line/options.ts";
import { parseParams } from "../command-line/params.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";

/** R8.4. */
export const command = defineCommand({
  name: "gateway call",
  summary: "Call any method of a running gateway and print its answer",
  description:
    "Methods and their parameters stand in docs/protocol.md. A method that answers twice (agent) prints its first answer, " +
    "or with --expect-final the last.",
  arguments: { method: argument("<method>", "Name of the method, for example health") },
  options: {
    params: withDefault(text("--params <json>", "Parameters, a JSON object (JSON5 is read too)"), "{}"),
    expectFinal: flag("--expect-final", "Wait for the final answer of a method that answers twice"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "gateway call health", does: "The health snapshot." },
    { line: `gateway call sessions.list --params '{"limit":5}'`, does: "The five newest sessions." },
  ],
  async run(context, { options, arguments: { method } }) {
    const params = await parseParams(options.params);
    await using connection = await connect(context, options, [
      "operator.admin",
      "operator.approvals",
      "operator.pairing",
    ]);
    const answer = await connection.callByName(method, params, options.expectFinal ? "final" : "first");
    return { data: answer, view: [{ kind: "verbatim", text: `${JSON.stringify(answer ?? null, undefined, 2)}\n` }] };
  },
});
