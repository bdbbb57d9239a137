import { defineCommand } from "../command.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { toned } from "../output.ts";
import { ago } from "../views/duration.ts";

export const command = defineCommand({
  name: "system presence",
  summary: "List the gateway and everything that is connected to it",
  arguments: {},
  options: RPC_OPTIONS,
  examples: [{ line: "system presence", does: "Who is there." }],
  async run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const entries = await connection.call("system-presence", {});
    const now = Date.now();
    return {
      data: entries,
      view: [
        {
          kind: "table",
          columns: ["host", "mode", "version", "platform", "reason", "seen"],
          rows: entries.map((entry) => [
            toned("strong", entry.host ?? entry.text ?? "-"),
            entry.mode ?? "-",
            entry.version ?? "-",
            entry.platform ?? "-",
            entry.reason ?? "-",
            ago(entry.ts, now),
          ]),
          whenEmpty: "Nobody is there.",
        },
      ],
    };
  },
});
