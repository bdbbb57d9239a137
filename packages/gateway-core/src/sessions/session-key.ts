import type { Chat } from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";

const MAX_KEY_LENGTH = 512;

/** How conversations map to sessions; the part of the configuration section `session` that does. */
export interface SessionKeySettings {
  /** `global` puts every conversation into one session. */
  readonly scope: "per-sender" | "global";
  /** What a direct chat is told apart by; `main` puts all of them into the agent's main session. */
  readonly dmScope: "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";
  /** The last part of the main session's key. */
  readonly mainKey: string;
  /** Canonical name → "channel:peer" entries that are the same person. */
  readonly identityLinks?: Readonly<Record<string, readonly string[]>>;
}

export interface Conversation {
  readonly agentId: string;
  readonly channel: string;
  readonly account: string;
  readonly chat: Chat;
  readonly senderId: string;
}

/** The key of an agent's main session, for example "agent:main:main". */
export function mainSessionKey(agentId: string, settings: SessionKeySettings): string {
  return settings.scope === "global" ? "global" : `agent:${agentId}:${settings.mainKey}`.toLowerCase();
}

/** The session a conversation belongs to. Pure. Keys are lower-case. */
export function sessionKeyOf(conversation: Conversation, settings: SessionKeySettings): string {
  if (settings.scope === "global") return "global";
  const { agentId, channel, chat } = conversation;
  const prefix = `agent:${agentId}`;
  if (chat.type !== "direct") {
    const topic = chat.threadId === undefined ? "" : `:topic:${chat.threadId}`;
    return `${prefix}:${channel}:${chat.type}:${chat.id}${topic}`.toLowerCase();
  }
  return directKey(prefix, conversation, settings).toLowerCase();
}

function directKey(prefix: string, conversation: Conversation, settings: SessionKeySettings): string {
  const { channel, account } = conversation;
  const peer = linkedIdentity(conversation, settings);
  switch (settings.dmScope) {
    case "main":
      return `${prefix}:${settings.mainKey}`;
    case "per-peer":
      return `${prefix}:dm:${peer}`;
    case "per-channel-peer":
      return `${prefix}:${channel}:dm:${peer}`;
    case "per-account-channel-peer":
      return `${prefix}:${channel}:${account}:dm:${peer}`;
  }
}

function linkedIdentity(conversation: Conversation, settings: SessionKeySettings): string {
  const wanted = `${conversation.channel}:${conversation.senderId}`.toLowerCase();
  for (const [name, peers] of Object.entries(settings.identityLinks ?? {})) {
    if (peers.some((peer) => peer.toLowerCase() === wanted)) return name;
  }
  return conversation.senderId;
}

/**
 * The canonical form of a key that a client sent: "main" is the default agent's main session, any other bare name
 * belongs to the default agent. Throws INVALID_REQUEST on a key that can not be one.
 */
export function canonicalSessionKey(given: string, defaultAgentId: string, settings: SessionKeySettings): string {
  const key = given.trim().toLowerCase();
  if (key === "" || key.length > MAX_KEY_LENGTH) {
    throw new GatewayError(
      "INVALID_REQUEST",
      `sessionKey must be 1 to ${MAX_KEY_LENGTH} characters, for example "main".`,
    );
  }
  if (key === "global") return key;
  if (key === "main") return mainSessionKey(defaultAgentId, settings);
  return key.startsWith("agent:") ? key : `agent:${defaultAgentId}:${key}`.toLowerCase();
}

/** The session of a sub-agent: one that a turn started for a task. */
export function isSubagentKey(key: string): boolean {
  return /^agent:[^:]+:subagent:/u.test(key);
}

/** The agent a canonical key belongs to. */
export function agentOfSessionKey(key: string, defaultAgentId: string): string {
  return key.startsWith("agent:") ? (key.split(":", 2)[1] ?? defaultAgentId) : defaultAgentId;
}
