import { badness, type ChannelProbe, joinSignals } from "@openclaw/channels-contract";
import type { ResultOf } from "@openclaw/protocol";

import type { AccountView } from "../channels/supervisor.ts";
import { type CallContext, defineHandler } from "./define.ts";

const DEFAULT_PROBE_TIMEOUT_MS = 10_000;

type Result = ResultOf<"channels.status">;
type AccountStatus = Result["channelAccounts"][string][number];
type Issue = NonNullable<Result["statusIssues"]>[number];

export const channelsStatus = defineHandler("channels.status", async ({ probe, timeoutMs }, context) => {
  using within = joinSignals(context.signal, AbortSignal.timeout(timeoutMs ?? DEFAULT_PROBE_TIMEOUT_MS));
  const accounts = await Promise.all(
    context.channels.list().map(async (view) => ({
      view,
      status: accountStatus(view, probe ? await probeAccount(context, view, within.signal) : undefined),
    })),
  );
  const channelIds = [...new Set(accounts.map(({ view }) => view.channel))];
  const labels = Object.fromEntries(accounts.map(({ view }) => [view.channel, view.label]));
  const byChannel = (id: string) => accounts.filter(({ view }) => view.channel === id).map(({ status }) => status);
  return {
    ts: context.clock.now(),
    channelOrder: channelIds,
    channelLabels: labels,
    channelDetailLabels: labels,
    channelSystemImages: {},
    channelMeta: channelIds.map((id) => ({ id, label: labels[id] ?? id, detailLabel: labels[id] ?? id })),
    channels: Object.fromEntries(channelIds.map((id) => [id, channelSummary(byChannel(id))])),
    channelAccounts: Object.fromEntries(channelIds.map((id) => [id, byChannel(id)])),
    channelDefaultAccountId: Object.fromEntries(channelIds.map((id) => [id, byChannel(id)[0]?.accountId ?? "default"])),
    statusIssues: accounts.flatMap(({ view }) => issuesOf(view)),
  };
});

/** One account in the form of the wire; `health` shows the same. */
export function accountStatus(view: AccountView, probe?: ChannelProbe): AccountStatus {
  const { status } = view;
  return {
    accountId: view.accountId,
    ...(view.name === undefined ? {} : { name: view.name }),
    enabled: view.enabled,
    configured: view.configured,
    running: view.enabled && view.configured && status.state !== "stopped" && status.state !== "failed",
    connected: status.state === "online",
    state: status.state,
    since: status.since,
    ...(status.retryAt === undefined ? {} : { retryAt: status.retryAt }),
    ...(status.code === undefined ? {} : { code: status.code }),
    ...(status.detail === undefined ? {} : { detail: status.detail }),
    ...(status.identity === undefined ? {} : { identity: status.identity }),
    lastInboundAt: status.lastInboundAt ?? null,
    lastOutboundAt: status.lastOutboundAt ?? null,
    lastError: status.state === "online" ? null : (status.detail ?? view.problem ?? null),
    ...(probe === undefined ? {} : { probe }),
  };
}

function channelSummary(accounts: readonly AccountStatus[]): Result["channels"][string] {
  const worst = accounts.filter(({ enabled }) => enabled).sort((a, b) => badness(b.state) - badness(a.state))[0];
  return {
    configured: accounts.some(({ configured }) => configured),
    running: accounts.some(({ running }) => running),
    connected: accounts.some(({ connected }) => connected),
    ...(worst?.state === undefined ? {} : { state: worst.state }),
    lastError: worst?.lastError ?? null,
    ...(worst?.probe === undefined ? {} : { probe: worst.probe }),
  };
}

async function probeAccount(
  { channels }: CallContext,
  view: AccountView,
  signal: AbortSignal,
): Promise<ChannelProbe | undefined> {
  if (!view.enabled || !view.configured) return undefined;
  return channels.probe(view.channel, view.accountId, signal);
}

function issuesOf({ channel, accountId, enabled, configured, problem, status }: AccountView): Issue[] {
  if (!enabled) return [];
  const issue = { channel, accountId };
  if (!configured) return [{ ...issue, kind: "config", message: problem ?? "The account is not configured." }];
  const found: Issue[] = [];
  if (problem !== undefined) found.push({ ...issue, kind: "config", message: problem });
  if (status.state === "unauthorized" || status.state === "unlinked") {
    found.push({ ...issue, kind: "auth", message: status.detail ?? "The platform refuses the account's credentials." });
  } else if (status.state === "failed" || status.state === "conflict" || status.state === "backoff") {
    found.push({ ...issue, kind: "runtime", message: status.detail ?? `The connection is in state ${status.state}.` });
  }
  return found;
}
