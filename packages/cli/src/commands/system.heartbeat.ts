import type { ResultOf } from "@openclaw/protocol";

import { defineCommand } from "../command.ts";
import type { Argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { type Block, fields, line, toned } from "../output.ts";
import { ago, duration } from "../views/duration.ts";

const ACTIONS = ["last", "enable", "disable"] as const;

const action: Argument<(typeof ACTIONS)[number]> = {
  name: "<action>",
  summary: "last: what the last one came to; enable, disable: switch them on or off, across restarts",
  choices: ACTIONS,
};

export const command = defineCommand({
  name: "system heartbeat",
  summary: "Show the last heartbeat, or switch heartbeats on or off",
  arguments: { action },
  options: RPC_OPTIONS,
  examples: [
    { line: "system heartbeat last --json", does: "The report of the last one as JSON." },
    { line: "system heartbeat disable", does: "No agent is woken without a message until they are enabled again." },
  ],
  async run(context, { options, arguments: given }) {
    const isLook = given.action === "last";
    await using connection = await connect(context, options, [isLook ? "operator.read" : "operator.admin"]);
    if (isLook) {
      const report = await connection.call("last-heartbeat", {});
      return { data: report, view: [reportBlock(report)] };
    }
    const answer = await connection.call("set-heartbeats", { enabled: given.action === "enable" });
    return { data: answer, view: [line(["heartbeats are ", toned("good", answer.enabled ? "on" : "off")])] };
  },
});

function reportBlock(report: ResultOf<"last-heartbeat">): Block {
  if (report === null) return line("There was no heartbeat yet.");
  const tone = report.status === "failed" ? "bad" : report.status === "skipped" ? "warn" : "good";
  return fields(
    ["heartbeat", [toned(tone, report.status), ` ${ago(report.ts, Date.now())}`]],
    ...(report.reason === undefined ? [] : [["reason", report.message ?? report.reason] as const]),
    ...(report.channel === undefined ? [] : [["sent to", `${report.channel} ${report.to ?? ""}`] as const]),
    ...(report.preview === undefined ? [] : [["said", report.preview] as const]),
    ...(report.durationMs === undefined ? [] : [["took", duration(report.durationMs)] as const]),
  );
}
