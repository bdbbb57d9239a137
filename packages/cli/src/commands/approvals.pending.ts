import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "approvals pending",
  summary: "List commands that wait for an operator",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "approvals pending", does: "What waits, where, and for how long still." }],
  async run(context, { options }) {
    const { visibleText } = await import("@openclaw/exec-host");
    await using connection = await connect(context, options, ["operator.approvals"]);
    const approvals = await connection.call("exec.approval.list", {});
    const now = Date.now();
    const rows = approvals.map(({ id, request, expiresAtMs }) => [
      id,
      visibleText(request.command),
      request.host === "node" ? `node ${visibleText(request.nodeId ?? "?").slice(0, 12)}` : (request.host ?? "-"),
      visibleText(request.agentId ?? "-"),
      `${Math.max(0, Math.round((expiresAtMs - now) / 1_000))} s`,
    ]);
    return {
      data: { approvals },
      view: [
        {
          kind: "table",
          columns: ["id", "command", "where", "agent", "left"],
          rows,
          whenEmpty: "Nothing waits for approval.",
        },
        ...(rows.length === 0 ? [] : [line(`Decide: ${context.self} approvals resolve <id> allow-once`)]),
      ],
    };
  },
});
