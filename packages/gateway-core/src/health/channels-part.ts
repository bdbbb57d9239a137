import { badness } from "@openclaw/channels-contract";
import type { ChannelAccountStatus, ChannelHealth, HealthProblem, HealthSnapshot } from "@openclaw/protocol";

/** One account of a channel, in the form of the wire. */
export interface AccountHealth {
  readonly channel: string;
  readonly label: string;
  readonly status: ChannelAccountStatus;
}

export interface ChannelsPart {
  readonly order: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly channels: Readonly<Record<string, ChannelHealth>>;
  readonly link: HealthSnapshot["linkChannel"];
  readonly problems: readonly HealthProblem[];
}

const BROKEN: ReadonlySet<ChannelAccountStatus["state"]> = new Set([
  "backoff",
  "conflict",
  "unlinked",
  "unauthorized",
  "failed",
]);
/** States in which the platform does not take the account for whom it should be. */
const UNLINKED: ReadonlySet<ChannelAccountStatus["state"]> = new Set(["unlinked", "unauthorized", "failed"]);

/** The channels of a health snapshot. */
export function channelsPart(accounts: readonly AccountHealth[]): ChannelsPart {
  const order = [...new Set(accounts.map(({ channel }) => channel))];
  const labels = Object.fromEntries(accounts.map(({ channel, label }) => [channel, label]));
  const channels = Object.fromEntries(
    order.map((id) => [id, channelHealth(accounts.filter(({ channel }) => channel === id))]),
  );
  return {
    order,
    labels,
    channels,
    link: linkChannel(accounts),
    problems: accounts.flatMap((account) => problemsOf(account)),
  };
}

function channelHealth(accounts: readonly AccountHealth[]): ChannelHealth {
  const statuses = accounts.map(({ status }) => status);
  const enabled = statuses.filter((status) => status.enabled);
  const worst = [...enabled].sort((a, b) => badness(b.state) - badness(a.state))[0];
  return {
    ...(statuses[0] === undefined ? {} : { accountId: statuses[0].accountId }),
    configured: statuses.some(({ configured }) => configured),
    linked: enabled.some((status) => isLinked(status)),
    running: statuses.some(({ running }) => running),
    connected: statuses.some(({ connected }) => connected === true),
    ...(worst?.state === undefined ? {} : { state: worst.state }),
    lastError: worst?.lastError ?? null,
    ...(worst?.detail === undefined ? {} : { detail: worst.detail }),
    ...(worst?.probe === undefined ? {} : { probe: worst.probe }),
    accounts: Object.fromEntries(statuses.map((status) => [status.accountId, status])),
  };
}

/** The first channel that is on decides whether the gateway is ready. */
function linkChannel(accounts: readonly AccountHealth[]): ChannelsPart["link"] {
  const first = accounts.find(({ status }) => status.enabled);
  if (!first) return undefined;
  const mates = accounts.filter(({ channel, status }) => channel === first.channel && status.enabled);
  const linked = mates.find(({ status }) => isLinked(status));
  return {
    id: first.channel,
    label: first.label,
    linked: linked !== undefined,
    authAgeMs: linked?.status.authAgeMs ?? null,
  };
}

function isLinked({ configured, linked, state }: ChannelAccountStatus): boolean {
  return linked ?? (configured && !UNLINKED.has(state));
}

function problemsOf({ channel, label, status }: AccountHealth): HealthProblem[] {
  const { accountId, enabled, configured, state, detail, lastError, since, probe } = status;
  if (!enabled) return [];
  const problem = (message: string): HealthProblem[] => [
    { component: channel, message, ...(since === undefined ? {} : { since }) },
  ];
  const name = accountId === "default" ? label : `${label} (${accountId})`;
  if (!configured) return problem(`${name} is on, but not configured: ${lastError ?? "its credentials are missing"}`);
  if (BROKEN.has(state)) return problem(`${name}: ${detail ?? lastError ?? `the connection is in state ${state}`}`);
  if (probe && !probe.ok) return problem(`${name} did not answer a check: ${probe.error ?? "no reason given"}`);
  return [];
}
