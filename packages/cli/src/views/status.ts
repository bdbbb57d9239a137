import type { Answers } from "../gateway/answers.ts";
import type { Probe } from "../gateway/probe.ts";
import type { Target } from "../gateway/target.ts";
import type { GatewayLocation } from "../host.ts";
import { type Block, fields, heading, line, type Text, toned } from "../output.ts";
import { channelBlocks } from "./channels.ts";
import { ago, duration } from "./duration.ts";
import { logLine, parseLogLine } from "./log-line.ts";

export interface StatusView {
  readonly location: GatewayLocation;
  readonly target: Target;
  readonly probe: Probe;
  readonly answers: Answers | undefined;
  readonly cliVersion: string;
  readonly self: string;
}

/** The overview, then channels, sessions, and with `--all` who is connected and the log. */
export function statusBlocks({ location, target, probe, answers, cliVersion, self }: StatusView): readonly Block[] {
  const overview = fields(
    ["openclaw", cliVersion],
    ["profile", location.profile],
    ["configuration", location.exists ? location.configPath : [location.configPath, toned("warn", " (not there)")]],
    ["state", location.stateDir],
    ["gateway", gatewayText(target, probe)],
    ...(answers === undefined ? [] : answerFields(answers)),
  );
  if (!probe.ok) {
    return [
      overview,
      line([toned("bad", "! "), probe.error.message]),
      ...(probe.error.remedy === undefined ? [] : [line(`  ${probe.error.remedy}`)]),
    ];
  }
  if (answers === undefined) return [overview];
  return [
    overview,
    ...(answers.health.problems ?? []).map((problem) =>
      line([toned("bad", "! "), `${problem.component}: ${problem.message}`]),
    ),
    heading("Channels"),
    ...channelBlocks(answers.channels),
    heading("Sessions"),
    sessionTable(answers),
    ...presenceBlocks(answers),
    ...logBlocks(answers),
    line(toned("dim", `\nMore: ${self} health, ${self} channels status --probe, ${self} logs`)),
  ];
}

function gatewayText(target: Target, probe: Probe): Text {
  if (!probe.ok) return [target.url, ": ", toned("bad", probe.error.kind)];
  const up = probe.uptimeMs === undefined ? "" : `, up ${duration(probe.uptimeMs)}`;
  return [
    target.url,
    ": ",
    toned("good", "reachable"),
    ` in ${Math.round(probe.connectMs)} ms, version ${probe.version}${up}`,
  ];
}

function answerFields({ status, health }: Answers): readonly (readonly [string, Text])[] {
  const { model, contextTokens } = status.sessions.defaults;
  const limit = contextTokens === null ? "" : `, ${contextTokens} tokens of context`;
  return [
    ["health", health.ok ? toned("good", "ok") : toned("bad", "not ok")],
    [
      "agents",
      health.agents.map((agent) => `${agent.agentId}${agent.isDefault ? " (default)" : ""}`).join(", ") || "none",
    ],
    ["model", `${model ?? "none"}${limit}`],
  ];
}

function sessionTable({ status, health }: Answers): Block {
  return {
    kind: "table",
    columns: ["session", "kind", "last active", "model", "tokens"],
    rows: status.sessions.recent.map((session) => [
      session.key,
      session.kind,
      session.updatedAt === null ? "-" : ago(session.updatedAt, health.ts),
      session.model ?? "-",
      session.totalTokens === null
        ? "-"
        : `${session.totalTokens}${session.percentUsed === null ? "" : ` (${Math.round(session.percentUsed)} %)`}`,
    ]),
    whenEmpty: "No session yet.",
  };
}

function presenceBlocks({ presence, health }: Answers): readonly Block[] {
  if (presence === undefined) return [];
  return [
    heading("Connected"),
    {
      kind: "table",
      columns: ["host", "mode", "version", "address", "reason", "seen"],
      rows: presence.map((entry) => [
        entry.host ?? "-",
        entry.mode ?? "-",
        entry.version ?? "-",
        entry.ip ?? "-",
        entry.reason ?? "-",
        ago(entry.ts, health.ts),
      ]),
      whenEmpty: "Nobody.",
    },
  ];
}

function logBlocks({ log }: Answers): readonly Block[] {
  if (log === undefined) return [];
  return [
    heading(`Log: ${log.file}`),
    ...log.lines.map((text) => {
      const entry = parseLogLine(text);
      return line(entry === undefined ? text : logLine(entry));
    }),
  ];
}
