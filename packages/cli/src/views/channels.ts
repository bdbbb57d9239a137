import type { ResultOf } from "@openclaw/protocol";

import { type Block, line, type Text, toned, type Tone } from "../output.ts";
import { ago } from "./duration.ts";

type ChannelsStatus = ResultOf<"channels.status">;
type Account = ChannelsStatus["channelAccounts"][string][number];

const TONES: Readonly<Record<string, Tone>> = {
  online: "good",
  connecting: "warn",
  backoff: "warn",
  stopped: "dim",
  conflict: "bad",
  unauthorized: "bad",
  unlinked: "bad",
  failed: "bad",
};

/** Every account with its state, then what to mend. */
export function channelBlocks(status: ChannelsStatus): readonly Block[] {
  const rows = status.channelOrder.flatMap((channel) =>
    (status.channelAccounts[channel] ?? []).map((account) => [
      status.channelLabels[channel] ?? channel,
      account.accountId,
      channelState(account),
      identity(account),
      account.lastInboundAt ? ago(account.lastInboundAt, status.ts) : "-",
      account.lastOutboundAt ? ago(account.lastOutboundAt, status.ts) : "-",
      describe(account, status.ts),
    ]),
  );
  return [
    {
      kind: "table",
      columns: ["channel", "account", "state", "identity", "last in", "last out", "detail"],
      rows,
      whenEmpty: "No channel is configured.",
    },
    ...issueBlocks(status),
  ];
}

function issueBlocks(status: ChannelsStatus): readonly Block[] {
  return (status.statusIssues ?? []).map((issue) =>
    line([
      toned("bad", "! "),
      `${issue.channel} (${issue.accountId}): ${issue.message}`,
      ...(issue.fix === undefined ? [] : [toned("strong", ` Fix: ${issue.fix}`)]),
    ]),
  );
}

export function toneOf(state: string): Tone {
  return TONES[state] ?? "dim";
}

function channelState(account: Account): Text {
  if (!account.enabled) return toned("dim", "disabled");
  if (!account.configured) return toned("bad", "not configured");
  const state = account.state ?? (account.connected === true ? "online" : account.running ? "running" : "stopped");
  return toned(toneOf(state), state);
}

function identity(account: Account): string {
  const { identity: who } = account;
  if (who === undefined) return "-";
  return who.username === undefined ? (who.displayName ?? who.id) : `@${who.username}`;
}

function describe(account: Account, now: number): string {
  const parts = [
    account.detail ?? account.lastError ?? "",
    account.retryAt === undefined ? "" : `next try in ${Math.max(0, Math.round((account.retryAt - now) / 1000))} s`,
    account.probe === undefined ? "" : probeText(account.probe),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function probeText(probe: NonNullable<Account["probe"]>): string {
  if (!probe.ok) return `probe failed: ${probe.error ?? "no reason given"}`;
  return probe.elapsedMs === undefined ? "probe ok" : `probe ok in ${Math.round(probe.elapsedMs)} ms`;
}
