import type { ResultOf } from "@openclaw/protocol";

import { type Block, fields, line, type Text, toned } from "../output.ts";
import { toneOf } from "./channels.ts";
import { ago, duration } from "./duration.ts";

type Health = ResultOf<"health">;

/** A health snapshot in a few lines: the verdict, what is wrong, then the parts. */
export function healthBlocks(
  health: Health,
  target: { readonly url: string; readonly version: string | undefined },
): readonly Block[] {
  const verdict = health.ok ? toned("good", "ok") : toned("bad", "not ok");
  return [
    fields(
      ["health", [verdict, ` (computed in ${duration(health.durationMs)}, ${ago(health.ts, Date.now())})`]],
      ["gateway", [target.url, target.version === undefined ? "" : `, version ${target.version}`]],
      ...(health.uptimeMs === undefined ? [] : [["up", duration(health.uptimeMs)] as const]),
      ...channelFields(health),
      ["sessions", `${health.sessions.count} in ${health.sessions.path}`],
      ["agents", health.agents.map((agent) => agent.agentId).join(", ") || "none"],
    ),
    ...(health.problems ?? []).map((problem) => line([toned("bad", "! "), `${problem.component}: ${problem.message}`])),
    ...(health.configReload?.error === undefined
      ? []
      : [line([toned("bad", "! "), `configuration: ${health.configReload.error}`])]),
  ];
}

function channelFields(health: Health): readonly (readonly [string, Text])[] {
  if (health.channelOrder.length === 0) return [["channels", "none configured"]];
  return health.channelOrder.map((id) => {
    const channel = health.channels[id];
    const state = channel?.state ?? (channel?.connected === true ? "online" : "unknown");
    const detail = channel?.detail ?? channel?.lastError ?? undefined;
    const probe = channel?.probe;
    return [
      health.channelLabels[id] ?? id,
      [
        toned(toneOf(state), state),
        probe === undefined ? "" : probe.ok ? `, probe ok` : `, probe failed: ${probe.error ?? "no reason given"}`,
        detail === undefined ? "" : `: ${detail}`,
      ],
    ] as const;
  });
}
