import { createMemoryChannel, type MemoryPlatform } from "@openclaw/channels-contract/memory";
import type { EventName, EventPayload } from "@openclaw/protocol";

import type { EnvelopeSettings } from "../../src/agent/envelope.ts";
import { MovedChats } from "../../src/channels/moved-chats.ts";
import { ChannelSupervisor } from "../../src/channels/supervisor.ts";
import { EventBus } from "../../src/events/bus.ts";
import { Inbox } from "../../src/inbox/inbox.ts";
import { CommandFlow } from "../../src/flow/command-flow.ts";
import { ChatCommands } from "../../src/commands/chat-commands.ts";
import type { ModelChoice } from "../../src/commands/define.ts";
import { ChangeFlow } from "../../src/flow/changes/change-flow.ts";
import { SessionNotes } from "../../src/cron/session-notes.ts";
import { FollowUps } from "../../src/flow/turn/follow-up.ts";
import { type FlowSettings, InboundFlow } from "../../src/flow/inbound-flow.ts";
import { MessageFlow } from "../../src/message-flow.ts";
import { Overheard } from "../../src/sessions/overheard.ts";
import { maySend, type SendPolicySettings } from "../../src/sessions/rules/send-policy.ts";
import type { ResetRule } from "../../src/sessions/rules/reset-rule.ts";
import { createEgress } from "../../src/egress/egress.ts";
import { MediaStore } from "../../src/media/media-store.ts";
import { PendingMedia } from "../../src/media/pending-media.ts";
import { Drafts } from "../../src/flow/turn/drafts.ts";
import { MediaFlow } from "../../src/flow/media-flow.ts";
import { Outbox, type UnknownPolicy } from "../../src/outbox/outbox.ts";
import { PairingStore } from "../../src/policy/pairing.ts";
import type { Tool } from "../../src/ports.ts";
import type { QueueSettings } from "../../src/sessions/queue-mode.ts";
import { SessionStore } from "../../src/sessions/session-store.ts";
import { Backlog } from "../../src/sessions/backlog.ts";
import { TurnQueue } from "../../src/sessions/turn-queue.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";
import { systemClock, systemIds } from "../../src/host/system.ts";
import { TurnFlow } from "../../src/flow/turn-flow.ts";
import { type Death, DyingStore } from "./dying-store.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { recordingLog } from "./silent-log.ts";

export interface WalkOptions {
  readonly databaseFile: string;
  readonly platform?: MemoryPlatform;
  readonly agent?: ScriptedAgent;
  readonly tools?: readonly Tool[];
  readonly section?: unknown;
  readonly unknownPolicy?: UnknownPolicy;
  readonly turnTimeoutMs?: number;
  readonly maxConcurrent?: number;
  readonly queue?: Partial<QueueSettings>;
  readonly inboundDebounceMs?: number;
  readonly dmScope?: "main" | "per-channel-peer";
  readonly models?: readonly ModelChoice[];
  readonly resetTriggers?: readonly string[];
  readonly resetRule?: ResetRule;
  readonly mentionPatterns?: readonly string[];
  readonly groupHistoryLimit?: number;
  readonly useAccessGroups?: boolean;
  readonly textCommands?: boolean;
  readonly sendPolicy?: SendPolicySettings;
  readonly edits?: "note" | "ignore";
  readonly envelope?: EnvelopeSettings;
  /** The commit at which the process dies. */
  readonly death?: Death;
  /** False leaves everything stopped, as if the process died right after opening its database. */
  readonly start?: boolean;
}

/** The rooms of the message walk around a memory channel, wired as a gateway wires them, without sockets. */
export async function openWalk(options: WalkOptions) {
  const log = recordingLog();
  const clock = systemClock;
  const ids = systemIds;
  const opened = SqliteStore.open(options.databaseFile);
  const store = options.death ? new DyingStore(opened, options.death) : opened;
  const agent = options.agent ?? new ScriptedAgent();
  const kit = createMemoryChannel(options.platform ? { platform: options.platform } : {});
  const events = new EventBus((error) => log.error("listener failed", { error }));
  const published: { event: EventName; payload: EventPayload<EventName> }[] = [];
  events.onAny(({ event, payload }) => published.push({ event, payload }));
  const inbox = new Inbox(store, clock);
  const sessions = new SessionStore(store, clock, ids);
  const movedChats = new MovedChats(store, clock);
  const notes = new SessionNotes(store, clock);
  const pairing = new PairingStore(store, clock);
  const backlog = new Backlog(clock);
  const turnQueue = new TurnQueue(store, clock, { owner: ids.uuid(), backlog });
  const channels: ChannelSupervisor = new ChannelSupervisor({
    plugins: [kit.plugin],
    sections: { memory: kit.plugin.configSchema.parse(options.section ?? {}) },
    environment: {},
    clock,
    log,
    accept: (source, batch) => flow.accept(source, batch),
    readCursor: (source, key) => inbox.readCursor(source, key),
    onStatusChange: () => void flow?.route(),
  });
  const media = new MediaStore({ directory: `${options.databaseFile}.media`, store, clock, ids });
  const pendingMedia = new PendingMedia(store);
  const mediaFlow = new MediaFlow({
    media,
    pending: pendingMedia,
    channels: () => channels,
    egress: createEgress({ clock }),
    log,
    workspace: () => `${options.databaseFile}.workspace`,
  });
  const outbox = new Outbox({
    store,
    clock,
    ids,
    log,
    deliver: (row, message, signal) => channels.send(row.channel, row.account, message, signal),
    unknownPolicy: () => options.unknownPolicy ?? "label",
    capabilities: (channel, account) => channels.capabilities(channel, account),
    openFile: (mediaId) => media.open(mediaId),
    random: () => 0.5,
  });
  const turns = new TurnFlow({
    store,
    clock,
    log,
    events,
    sessions,
    turnQueue,
    backlog,
    outbox,
    mediaFlow,
    channels: () => channels,
    agent,
    tools: () => options.tools ?? [],
    toolPolicy: () => () => true,
    replyPrefix: () => ({}),
    maySend: (session) => maySend(options.sendPolicy, session),
    call: () => Promise.reject(new Error("This walk has no methods.")),
    start: () => Promise.reject(new Error("This walk has no methods.")),
    followUps: new FollowUps({ sessions, turnQueue }),
    takeNotes: (sessionKey, runId) => notes.take(sessionKey, runId),
    settings: () => ({
      maxConcurrent: options.maxConcurrent ?? 4,
      maxSubagents: 8,
      timeoutMs: options.turnTimeoutMs ?? 10_000,
    }),
  });
  const drafts = new Drafts({
    clock,
    log,
    events,
    sessions,
    turnQueue,
    channels: () => channels,
    maySend: (session) => maySend(options.sendPolicy, session),
  });
  const overheard = new Overheard(store, clock);
  const chat = new ChatCommands(
    {
      version: "1.2.3",
      now: () => clock.now(),
      defaultModel: () => agent.defaultModel(),
      models: async () => options.models ?? [{ reference: "scripted/test", contextWindow: 8_000 }],
      defaults: () => ({ thinking: "off", queueMode: "followup", activation: "mention" }),
      spending: async () => {
        const nothing = { tokens: 0, cost: 0, unpriced: 0 };
        return { session: nothing, today: nothing, month: nothing };
      },
      compactions: (sessionId) => sessions.countCompactions(sessionId),
      openTurns: (sessionKey) => turnQueue.countOpenWithSubagents(sessionKey),
    },
    () => options.resetTriggers ?? [],
  );
  const commands = new CommandFlow({ store, clock, events, inbox, sessions, turnQueue, outbox, turns, commands: chat });
  const settings = (): FlowSettings => ({
    defaultAgentId: "main",
    sessionKeys: { scope: "per-sender", dmScope: options.dmScope ?? "per-channel-peer", mainKey: "main" },
    queueFor: () => ({ mode: "followup", debounceMs: 0, cap: 20, drop: "summarize", ...options.queue }),
    inboundDebounceMs: () => options.inboundDebounceMs ?? 0,
    edits: options.edits ?? "note",
    backlogMaxAgeMs: 12 * 60 * 60 * 1000,
    agentFor: () => "main",
    resetRule: () => options.resetRule ?? {},
    mentionPatterns: () => options.mentionPatterns ?? [],
    groupHistoryLimit: () => options.groupHistoryLimit ?? 50,
    envelope: () => options.envelope,
    textCommands: options.textCommands ?? true,
    nativeCommands: "auto",
    useAccessGroups: options.useAccessGroups ?? true,
  });
  const inbound = new InboundFlow({
    store,
    clock,
    ids,
    log,
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
    settings,
  });
  const changes = new ChangeFlow({
    store,
    clock,
    log,
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
    addNote: (sql, sessionKey, line) => notes.add(sql, sessionKey, line),
    renameGroup: () => Promise.resolve(false),
    settings,
  });
  const flow: MessageFlow = new MessageFlow({
    store,
    clock,
    ids,
    log,
    inbox,
    sessions,
    turnQueue,
    channels: () => channels,
    inbound,
    changes,
    commands,
    turns,
    settings,
  });
  const stop = async () => {
    drafts[Symbol.dispose]();
    channels.stopIntake();
    await flow[Symbol.asyncDispose]();
    await turns.lanes[Symbol.asyncDispose]();
    await outbox[Symbol.asyncDispose]();
    await channels[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  if (options.start !== false) {
    channels.start();
    await outbox.start();
    await flow.start();
  }
  const { platform } = kit;
  return {
    agent,
    backlog,
    channels,
    events,
    flow,
    inbox,
    log,
    outbox,
    pairing,
    platform,
    published,
    sessions,
    stop,
    store,
    turnQueue,
    turns,
    [Symbol.asyncDispose]: stop,
  };
}
