/** Builds the rooms of a gateway and gives each what it needs of the others. One line per room; nothing starts here. */
import type { ChannelPlugin } from "@openclaw/channels-contract";

import { ChannelSupervisor } from "./channels/supervisor.ts";
import { agentForMessage, agentIds, agentSettings, defaultAgentId } from "./config/agent-selection.ts";
import { isSwitchedOn } from "./config/env.ts";
import { resolveUnknownPolicy } from "./config/resolve.ts";
import type { ConfigRuntime } from "./config/runtime.ts";
import type { GatewayConfig } from "./config/schema.ts";
import { EventBus } from "./events/bus.ts";
import { EventLoopMonitor } from "./health/event-loop.ts";
import { type AgentSessions, HealthMonitor } from "./health/health.ts";
import { IdempotencyStore } from "./idempotency/idempotency.ts";
import { Inbox } from "./inbox/inbox.ts";
import type { LogFile } from "./logging/log-file.ts";
import { MediaStore } from "./media/media-store.ts";
import { MessageFlow } from "./message-flow.ts";
import { accountStatus } from "./methods/channels.status.ts";
import type { Services } from "./methods/define.ts";
import { Outbox } from "./outbox/outbox.ts";
import { PairingStore } from "./policy/pairing.ts";
import type { Agent, Clock, Ids, Logger, Store, Tool, ToolContext } from "./ports.ts";
import { Presence } from "./presence/presence.ts";
import { describeMachine } from "./presence/self.ts";
import { SystemNotes } from "./presence/system-notes.ts";
import { mainSessionKey } from "./sessions/session-key.ts";
import { DEFAULT_QUEUE, parseQueueMode, type QueueSettings } from "./sessions/queue-mode.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { Backlog } from "./sessions/backlog.ts";
import { TurnQueue } from "./sessions/turn-queue.ts";
import { toolPolicy } from "./tools/tool-policy.ts";
import { TurnFlow } from "./turn-flow.ts";

const MINUTE_MS = 60_000;
const RECENT_SESSIONS = 5;

export interface RoomsInput {
  readonly version: string;
  readonly config: ConfigRuntime;
  readonly store: Store;
  readonly agent: Agent;
  readonly plugins: readonly ChannelPlugin[];
  readonly tools: readonly Tool[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly logFile: LogFile;
  /** Calls a method of this gateway with the rights of a turn. */
  readonly callForTurn: ToolContext["call"];
}

export interface Rooms extends Services {
  readonly turns: TurnFlow;
  readonly inbox: Inbox;
  readonly turnQueue: TurnQueue;
}

export function buildRooms(input: RoomsInput): Rooms {
  const { config, store, clock, ids, log, agent } = input;
  const instanceId = ids.uuid();
  const events = new EventBus((error, event) => log.error("an event listener failed", { event, error }));
  const inbox = new Inbox(store, clock);
  const sessions = new SessionStore(store, clock, ids);
  const pairing = new PairingStore(store, clock);
  const idempotency = new IdempotencyStore(store, clock);
  const backlog = new Backlog(clock);
  const turnQueue = new TurnQueue(store, clock, { owner: instanceId, backlog });
  const notes = new SystemNotes();
  const channels: ChannelSupervisor = new ChannelSupervisor({
    plugins: input.plugins,
    sections: channelSections(config),
    environment: config.environment,
    clock,
    log,
    accept: (source, batch) => messages.accept(source, batch),
    readCursor: (source, key) => inbox.readCursor(source, key),
    onStatusChange: () => {
      health.changed();
      void messages.route();
    },
  });
  const media = new MediaStore({ directory: config.paths.mediaDirectory, store, clock, ids });
  const outbox = new Outbox({
    store,
    clock,
    ids,
    log: log.child("outbox"),
    deliver: (row, message, signal) => channels.send(row.channel, row.account, message, signal),
    unknownPolicy: (channel, account) => resolveUnknownPolicy(config.current, channel, account),
    capabilities: (channel, account) => channels.capabilities(channel, account),
    openFile: (mediaId) => media.open(mediaId),
  });
  const turns = new TurnFlow({
    store,
    clock,
    log: log.child("turns"),
    events,
    sessions,
    turnQueue,
    backlog,
    outbox,
    channels: () => channels,
    agent,
    tools: () => input.tools,
    toolPolicy: (subject) => toolPolicy(config.current, subject),
    call: input.callForTurn,
    takeNotes: (sessionKey) =>
      sessionKey === mainSessionKey(defaultAgentId(config.current), config.current.session) ? notes.take() : [],
    replyPrefix: (agentId) => replyPrefix(config, agentId),
    settings: () => turnSettings(config),
  });
  const messages: MessageFlow = new MessageFlow({
    store,
    clock,
    ids,
    log: log.child("messages"),
    inbox,
    pairing,
    sessions,
    turnQueue,
    backlog,
    outbox,
    channels: () => channels,
    turns,
    settings: () => flowSettings(config),
  });
  const health: HealthMonitor = new HealthMonitor({
    version: input.version,
    clock,
    log,
    eventLoop: new EventLoopMonitor(),
    publish: (snapshot) => events.publish("health", snapshot),
    sources: {
      accounts: (probe) => probedAccounts(channels, probe),
      sessions: () => agentSessions(config, sessions),
      databaseFile: config.paths.databaseFile,
      config: () => ({ hotReloadStatus: "disabled" }),
      problems: () =>
        config.issues.map(({ path, message }) => ({ component: "config", message: `${path}: ${message}` })),
    },
  });
  const presence = new Presence({
    clock,
    self: { ...describeMachine(input.version, instanceId), mode: "gateway", reason: "self" },
    publish: (entries) => events.publish("presence", { presence: entries }),
  });
  const { logFile } = input;
  return {
    agent,
    channels,
    clock,
    config,
    events,
    health,
    idempotency,
    ids,
    inbox,
    log,
    logFile,
    media,
    messages,
    notes,
    outbox,
    pairing,
    presence,
    sessions,
    store,
    turnQueue,
    turns,
  };
}

/** The sections of channels that are to run; "defaults" is no channel. */
function channelSections(config: ConfigRuntime): Readonly<Record<string, unknown>> {
  if (isSwitchedOn(config.environment.OPENCLAW_SKIP_CHANNELS)) return {};
  const { defaults: _defaults, ...sections } = config.current.channels;
  return sections;
}

function replyPrefix({ current }: ConfigRuntime, agentId: string) {
  return {
    template: current.messages?.responsePrefix,
    identityName: agentSettings(current, agentId)?.identity?.name,
  };
}

function turnSettings({ current }: ConfigRuntime) {
  const { maxConcurrent, timeoutSeconds } = current.agents.defaults;
  return { maxConcurrent, timeoutMs: timeoutSeconds * 1_000 };
}

function flowSettings({ current }: ConfigRuntime) {
  return {
    defaultAgentId: defaultAgentId(current),
    sessionKeys: current.session,
    queueFor: (channel: string) => queueSettings(current, channel),
    inboundDebounceMs: (channel: string) =>
      current.messages?.inbound?.byChannel?.[channel] ?? current.messages?.inbound?.debounceMs ?? 0,
    backlogMaxAgeMs: current.inbound.answerBacklogMaxAgeMinutes * MINUTE_MS,
    agentFor: (
      channel: string,
      accountId: string,
      message: { chat: { id: string; type: "direct" | "group" | "channel" } },
    ) => agentForMessage(current, { channel, accountId, chatType: message.chat.type, chatId: message.chat.id }),
  };
}

function queueSettings({ messages }: GatewayConfig, channel: string): QueueSettings {
  const { mode, byChannel, ...settings } = messages?.queue ?? {};
  const wanted = byChannel?.[channel] ?? mode;
  const { debounceMs = DEFAULT_QUEUE.debounceMs, cap = DEFAULT_QUEUE.cap, drop = DEFAULT_QUEUE.drop } = settings;
  return { debounceMs, cap, drop, mode: (wanted && parseQueueMode(wanted)) ?? DEFAULT_QUEUE.mode };
}

async function probedAccounts(channels: ChannelSupervisor, probe: AbortSignal | undefined) {
  return Promise.all(
    channels.list().map(async (view) => {
      const isProbed = probe !== undefined && view.enabled && view.configured;
      const answer = isProbed ? await channels.probe(view.channel, view.accountId, probe) : undefined;
      return { channel: view.channel, label: view.label, status: accountStatus(view, answer) };
    }),
  );
}

async function agentSessions(config: ConfigRuntime, sessions: SessionStore): Promise<AgentSessions[]> {
  const counts = await sessions.countByAgent();
  return Promise.all(
    agentIds(config.current).map(async (agentId, index) => ({
      agentId,
      isDefault: index === 0,
      count: counts.get(agentId) ?? 0,
      recent: (await sessions.list({ agentId, limit: RECENT_SESSIONS })).map(({ key, updatedAt }) => ({
        key,
        updatedAt,
      })),
    })),
  );
}
