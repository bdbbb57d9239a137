/** Builds the rooms of a gateway and gives each what it needs of the others. One line per room; nothing starts here. */
import type { ChannelPlugin } from "@openclaw/channels-contract";

import { MovedChats } from "./channels/moved-chats.ts";
import { ChannelSupervisor } from "./channels/supervisor.ts";
import { CommandFlow } from "./flow/command-flow.ts";
import { ChatCommands } from "./commands/chat-commands.ts";
import { agentIds, agentSettings, agentWorkspace } from "./config/agent-selection.ts";
import { isSwitchedOn } from "./config/env.ts";
import { ConfigEditor, type ConfigEditorDependencies } from "./config/edit/config-editor.ts";
import { resolveUnknownPolicy } from "./config/resolve.ts";
import type { ConfigRuntime } from "./config/runtime.ts";
import { Devices } from "./devices/devices.ts";
import { DeviceTokens } from "./devices/device-tokens.ts";
import { readOrCreateKey } from "./config/source/key-file.ts";
import { type ChatApproval, decideFromChat, openApprovals } from "./flow/approvals/approval-flow.ts";
import { commandWorld, flowSettings, skillsWorld } from "./flow/flow-settings.ts";
import { createEgress } from "./egress/egress.ts";
import { EventBus } from "./events/bus.ts";
import { EventLoopMonitor } from "./health/event-loop.ts";
import { type AgentSessions, HealthMonitor } from "./health/health.ts";
import { IdempotencyStore } from "./idempotency/idempotency.ts";
import { Inbox } from "./inbox/inbox.ts";
import type { LogFile } from "./logging/log-file.ts";
import { MediaStore } from "./media/media-store.ts";
import { PendingMedia } from "./media/pending-media.ts";
import { Drafts } from "./flow/turn/drafts.ts";
import { MediaFlow } from "./flow/media-flow.ts";
import { ChangeFlow } from "./flow/changes/change-flow.ts";
import { renameGroup } from "./flow/changes/rename-group.ts";
import { FollowUps } from "./flow/turn/follow-up.ts";
import { InboundFlow } from "./flow/inbound-flow.ts";
import { MessageFlow } from "./message-flow.ts";
import { accountStatus } from "./methods/channels.status.ts";
import type { Services } from "./methods/define.ts";
import { Nodes } from "./nodes/nodes.ts";
import { Outbox } from "./outbox/outbox.ts";
import { PairingStore } from "./policy/pairing.ts";
import type { Agent, Clock, Ids, Logger, Store, Tool, ToolContext } from "./ports.ts";
import { Presence } from "./presence/presence.ts";
import { describeMachine } from "./presence/self.ts";
import { ScheduledFlow } from "./flow/scheduled-flow.ts";
import { Overheard } from "./sessions/overheard.ts";
import { maySend } from "./sessions/rules/send-policy.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { Backlog } from "./sessions/backlog.ts";
import { TurnQueue } from "./sessions/turn-queue.ts";
import { toolPolicy } from "./tools/tool-policy.ts";
import { TurnFlow } from "./flow/turn-flow.ts";
import { SessionWatch } from "./flow/session-watch.ts";
import { Skills } from "./skills/skills.ts";
import { UsageBook } from "./usage/usage-book.ts";

const RECENT_SESSIONS = 5;
const DEFAULT_SUBAGENTS = 8;

export interface RoomsInput {
  readonly version: string;
  readonly config: ConfigRuntime;
  readonly store: Store;
  readonly agent: Agent;
  readonly plugins: readonly ChannelPlugin[];
  readonly tools: () => readonly Tool[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly logFile: LogFile;
  readonly takeUpConfig?: ConfigEditorDependencies["takeUp"];
  /** Call methods of this gateway with the rights of a turn. */
  readonly callForTurn: ToolContext["call"];
  readonly startForTurn: ToolContext["start"];
}

export interface Rooms extends Services {
  readonly drafts: Drafts;
  readonly turns: TurnFlow;
  readonly overheard: Overheard;
  readonly turnQueue: TurnQueue;
}

export function buildRooms(input: RoomsInput): Rooms {
  const { config, store, clock, ids, log, agent } = input;
  const instanceId = ids.uuid();
  const events = new EventBus((error, event) => log.error("an event listener failed", { event, error }));
  const configEditor = new ConfigEditor({
    config,
    channelSchemas: Object.fromEntries(input.plugins.map(({ id, configSchema }) => [id, configSchema])),
    clock,
    version: input.version,
    onChange: (change) => events.publish("config.changed", change),
    takeUp: input.takeUpConfig,
  });
  const usage = new UsageBook(store, clock);
  const skills = new Skills(skillsWorld(config));
  const inbox = new Inbox(store, clock);
  const sessions = new SessionStore(store, clock, ids);
  const movedChats = new MovedChats(store, clock);
  const pairing = new PairingStore(store, clock);
  const idempotency = new IdempotencyStore(store, clock);
  const backlog = new Backlog(clock);
  const overheard = new Overheard(store, clock);
  const turnQueue = new TurnQueue(store, clock, { owner: instanceId, backlog });
  const sessionWatch = new SessionWatch({ config, events, sessions, turnQueue, clock, log });
  const channels: ChannelSupervisor = new ChannelSupervisor({
    plugins: input.plugins,
    sections: channelSections(config),
    environment: config.environment,
    clock,
    log,
    accept: (source, batch) => messages.accept(source, batch),
    readCursor: (source, key) => inbox.readCursor(source, key),
    menu: () => ({ native: config.current.commands?.native ?? "auto", commands: chat.menu() }),
    onStatusChange: () => {
      health.changed();
      void messages.route();
    },
  });
  const media = new MediaStore({ directory: config.paths.mediaDirectory, store, clock, ids });
  const pendingMedia = new PendingMedia(store);
  const mediaFlow = new MediaFlow({
    media,
    pending: pendingMedia,
    channels: () => channels,
    egress: createEgress({ clock }),
    log: log.child("media"),
    workspace: (agentId) => agentWorkspace(config.current, agentId, config.paths.workspace),
  });
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
  const followUps = new FollowUps({ sessions, turnQueue });
  const turns = new TurnFlow({
    store,
    clock,
    log: log.child("turns"),
    events,
    sessions,
    turnQueue,
    backlog,
    outbox,
    mediaFlow,
    channels: () => channels,
    agent,
    tools: input.tools,
    toolPolicy: (subject) => toolPolicy(config.current, subject),
    call: input.callForTurn,
    start: input.startForTurn,
    followUps,
    takeNotes: (sessionKey, runId) => scheduled.notes.take(sessionKey, runId),
    replyPrefix: (agentId) => replyPrefix(config, agentId),
    maySend: (session) => maySend(config.current.session.sendPolicy, session),
    settings: () => turnSettings(config),
  });
  const drafts = new Drafts({
    clock,
    log: log.child("turns"),
    events,
    sessions,
    turnQueue,
    channels: () => channels,
    maySend: (session) => maySend(config.current.session.sendPolicy, session),
  });
  const chat: ChatCommands = new ChatCommands(
    commandWorld({ version: input.version, clock, agent, turnQueue, config, usage, sessions }),
    () => config.current.session.resetTriggers ?? [],
  );
  const approvals = openApprovals({
    config,
    store,
    clock,
    ids,
    log,
    events,
    sessions,
    outbox,
    channels: () => channels,
  });
  const decide = (approval: ChatApproval) => decideFromChat(approvals.execApprovals, approval);
  const commands = new CommandFlow({
    store,
    clock,
    events,
    inbox,
    sessions,
    turnQueue,
    outbox,
    turns,
    commands: chat,
    decide,
  });
  const inbound = new InboundFlow({
    store,
    clock,
    ids,
    log: log.child("messages"),
    inbox,
    movedChats,
    pairing,
    sessions,
    turnQueue,
    backlog,
    overheard,
    pendingMedia,
    outbox,
    channels: () => channels,
    commands,
    turns,
    settings: () => flowSettings(config),
  });
  const changes = new ChangeFlow({
    store,
    clock,
    log: log.child("messages"),
    inbox,
    movedChats,
    turnQueue,
    overheard,
    pendingMedia,
    outbox,
    channels: () => channels,
    commands,
    inbound,
    turns,
    addNote: (sql, sessionKey, line) => scheduled.notes.add(sql, sessionKey, line),
    renameGroup: (chat) => renameGroup(configEditor, chat),
    settings: () => flowSettings(config),
  });
  const messages: MessageFlow = new MessageFlow({
    store,
    clock,
    ids,
    log: log.child("messages"),
    inbox,
    sessions,
    turnQueue,
    channels: () => channels,
    inbound,
    changes,
    commands,
    turns,
    settings: () => flowSettings(config),
  });
  const scheduled: ScheduledFlow = new ScheduledFlow({
    config,
    store,
    clock,
    ids,
    log,
    agent,
    events,
    sessions,
    turnQueue,
    outbox,
    channels: () => channels,
    messages: () => messages,
    onHeartbeatsChange: () => health.changed(),
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
      heartbeat: (agentId) => scheduled.heartbeatView(agentId),
      databaseFile: config.paths.databaseFile,
      config: () => ({ hotReloadStatus: "disabled" }),
      problems: () =>
        config.issues.map(({ path, message }) => ({ component: "config", message: `${path}: ${message}` })),
    },
  });
  const nodes = new Nodes({
    store,
    clock,
    ids,
    log: log.child("nodes"),
    publish: (event, payload, audience) => events.publish(event, payload, audience),
    commands: () => ({ allow: [], deny: [], ...config.current.gateway.nodes?.commands }),
  });
  copyToNodes(events, nodes);
  const devices = new Devices({
    store,
    clock,
    ids,
    log: log.child("devices"),
    tokens: new DeviceTokens(() => readOrCreateKey(config.paths.deviceKeyFile)),
    onRequested: (request) => events.publish("device.pair.requested", request),
    onResolved: (resolved) => events.publish("device.pair.resolved", resolved),
  });
  const presence = new Presence({
    clock,
    self: { ...describeMachine(input.version, instanceId), mode: "gateway", reason: "self" },
    publish: (entries) => events.publish("presence", { presence: entries }),
  });
  const { logFile } = input;
  return {
    ...approvals,
    agent,
    channels,
    clock,
    config,
    configEditor,
    drafts,
    devices,
    events,
    health,
    idempotency,
    ids,
    inbox,
    log,
    logFile,
    media,
    mediaFlow,
    messages,
    nodes,
    outbox,
    overheard,
    pairing,
    presence,
    scheduled,
    sessions,
    sessionWatch,
    skills,
    store,
    turnQueue,
    turns,
    usage,
  };
}

/** Nodes follow sessions of their choice, and hear what is decided about them; their copies are not numbered. */
function copyToNodes(events: EventBus, nodes: Nodes): void {
  events.onAny(({ event, payload, audience }) => {
    const receivers = audience ? undefined : nodes.receivers(event, payload);
    if (receivers) events.publish(event, payload, { connectionIds: new Set(receivers), isCopy: true });
  });
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
  const { maxConcurrent, timeoutSeconds, subagents } = current.agents.defaults;
  const maxSubagents = subagents?.maxConcurrent ?? DEFAULT_SUBAGENTS;
  return { maxConcurrent, maxSubagents, timeoutMs: timeoutSeconds * 1_000 };
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
