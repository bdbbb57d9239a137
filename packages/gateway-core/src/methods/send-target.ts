import type { ChannelSupervisor } from "../channels/supervisor.ts";
import { GatewayError } from "../errors.ts";
import type { Route } from "../sessions/session-store.ts";

export interface SendTargetRequest {
  readonly to: string;
  readonly channel?: string;
  readonly accountId?: string;
  readonly threadId?: string | number;
}

/** "<chat>:topic:<thread>", the form in which people write a forum topic. */
const TOPIC_SUFFIX = /^(.+):topic:(\d+)$/;

/**
 * Where a message that a client sends goes: the channel may be left out when exactly one is configured, the account
 * when the channel has a default one. Throws INVALID_REQUEST, or NOT_LINKED for a channel without a usable account.
 */
export function sendTarget({ channels }: { readonly channels: ChannelSupervisor }, request: SendTargetRequest): Route {
  const channel = chooseChannel(channels, request.channel);
  const accounts = channels.accountIds(channel);
  const account = request.accountId ?? (accounts.includes("default") ? "default" : accounts[0]);
  if (account === undefined || !accounts.includes(account)) {
    const wanted = request.accountId === undefined ? channel : `${channel}/${request.accountId}`;
    throw new GatewayError(
      "NOT_LINKED",
      `${wanted} has no account that can send; openclaw channels status says what is missing.`,
    );
  }
  const named = request.to.trim().replace(new RegExp(`^${channel}:`, "i"), "");
  const topic = TOPIC_SUFFIX.exec(named);
  const chatId = topic?.[1] ?? named;
  const threadId = request.threadId === undefined ? topic?.[2] : String(request.threadId);
  return { channel, account, chatId, ...(threadId === undefined ? {} : { threadId }) };
}

function chooseChannel(channels: ChannelSupervisor, wanted: string | undefined): string {
  if (wanted !== undefined && wanted !== "last") {
    if (channels.knows(wanted)) return wanted;
    throw new GatewayError("INVALID_REQUEST", `unsupported channel: ${wanted}`);
  }
  const configured = [
    ...new Set(
      channels
        .list()
        .filter((view) => view.enabled)
        .map((view) => view.channel),
    ),
  ];
  const [only, ...others] = configured;
  if (only !== undefined && others.length === 0) return only;
  const choices = configured.length === 0 ? "no channel is configured" : `configured: ${configured.join(", ")}`;
  throw new GatewayError("INVALID_REQUEST", `channel is required (${choices})`);
}
