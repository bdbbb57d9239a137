/** What the configuration says to the walk of a message, read anew for each message. */
import { join } from "node:path";

import type { EnvelopeSettings } from "../agent/envelope.ts";
import { agentForMessage, agentSettings, agentWorkspace, defaultAgentId } from "../config/agent-selection.ts";
import type { ConfigRuntime } from "../config/runtime.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { memberOf } from "../config/source/tree.ts";
import type { CommandSession, CommandWorld, ModelChoice } from "../commands/define.ts";
import type { FlowSettings } from "./inbound-flow.ts";
import { identityPatterns } from "../policy/mentions.ts";
import type { Agent, Clock } from "../ports.ts";
import { DEFAULT_QUEUE, parseQueueMode, type QueueSettings } from "../sessions/queue-mode.ts";
import { resetRuleFor } from "../sessions/rules/reset-rule.ts";
import type { SkillsDependencies } from "../skills/skills.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import type { TurnQueue } from "../sessions/turn-queue.ts";
import type { UsageBook, UsageTotals } from "../usage/usage-book.ts";

const MINUTE_MS = 60_000;
const DEFAULT_GROUP_HISTORY = 50;

export function flowSettings({ current }: ConfigRuntime): FlowSettings {
  return {
    defaultAgentId: defaultAgentId(current),
    sessionKeys: current.session,
    queueFor: (channel) => queueSettings(current, channel),
    inboundDebounceMs: (channel) =>
      current.messages?.inbound?.byChannel?.[channel] ?? current.messages?.inbound?.debounceMs ?? 0,
    backlogMaxAgeMs: current.inbound.answerBacklogMaxAgeMinutes * MINUTE_MS,
    edits: current.inbound.edits,
    resetRule: (subject) => resetRuleFor(current.session, subject),
    mentionPatterns: (agentId) => mentionPatterns(current, agentId),
    groupHistoryLimit: (agentId) =>
      agentSettings(current, agentId)?.groupChat?.historyLimit ??
      current.messages?.groupChat?.historyLimit ??
      DEFAULT_GROUP_HISTORY,
    envelope: (channel) => envelopeSettings(current, channel),
    textCommands: current.commands?.text ?? true,
    nativeCommands: current.commands?.native ?? "auto",
    useAccessGroups: current.commands?.useAccessGroups ?? true,
    agentFor: ({ channel, account: accountId }, { chat }, formerChatIds) =>
      agentForMessage(current, { channel, accountId, chatType: chat.type, chatIds: [chat.id, ...formerChatIds] }),
  };
}

/** What chat commands can find out about this gateway. */
export function commandWorld(input: {
  readonly version: string;
  readonly clock: Clock;
  readonly agent: Agent;
  readonly turnQueue: TurnQueue;
  readonly config: ConfigRuntime;
  readonly usage: UsageBook;
  readonly sessions: SessionStore;
}): Omit<CommandWorld, "commands"> {
  const { version, clock, agent, turnQueue, config, usage, sessions } = input;
  return {
    version,
    now: () => clock.now(),
    defaultModel: (agentId) => agent.defaultModel(agentId),
    models: () => modelChoices(config.current, agent),
    defaults: ({ chatType, key }) => sessionDefaults(config.current, { chatType, key }),
    spending: (sessionKey) => spendingOf(usage, sessionKey),
    compactions: (sessionId) => sessions.countCompactions(sessionId),
    openTurns: (sessionKey) => turnQueue.countOpenWithSubagents(sessionKey),
  };
}

async function spendingOf(usage: UsageBook, key: string) {
  const month = usage.dateBefore();
  const totals = {
    session: await usage.total({ key, since: month }),
    today: await usage.total({ since: usage.dateBefore(0) }),
    month: await usage.total({ since: month }),
  };
  const told = ({ totalTokens: tokens, totalCost: cost, missingCostEntries: unpriced }: UsageTotals) => ({
    tokens,
    cost,
    unpriced,
  });
  return { session: told(totals.session), today: told(totals.today), month: told(totals.month) };
}

/** What an agent is called by: its own list, even an empty one, else the general one, else its name and emoji. */
function mentionPatterns(config: GatewayConfig, agentId: string): readonly string[] {
  const settings = agentSettings(config, agentId);
  return (
    settings?.groupChat?.mentionPatterns ??
    config.messages?.groupChat?.mentionPatterns ??
    identityPatterns(settings?.identity ?? {})
  );
}

function envelopeSettings({ agents }: GatewayConfig, channel: string): EnvelopeSettings | undefined {
  const { envelopeTimestamp, envelopeElapsed, envelopeTimezone = "local", userTimezone } = agents.defaults;
  const shown = { withTime: envelopeTimestamp === "on", withElapsed: envelopeElapsed === "on" };
  if (!shown.withTime && !shown.withElapsed) return undefined;
  const label = `${channel.charAt(0).toUpperCase()}${channel.slice(1)}`;
  if (envelopeTimezone === "local") return { label, ...shown };
  if (envelopeTimezone === "user") return { label, ...shown, timeZone: usableZone(userTimezone) };
  return { label, ...shown, timeZone: usableZone(envelopeTimezone) };
}

/** A time zone that this machine knows; the host's own stands in for any other. */
function usableZone(timeZone: string | undefined): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function queueSettings({ messages }: GatewayConfig, channel: string): QueueSettings {
  const { mode, byChannel, ...settings } = messages?.queue ?? {};
  const wanted = byChannel?.[channel] ?? mode;
  const { debounceMs = DEFAULT_QUEUE.debounceMs, cap = DEFAULT_QUEUE.cap, drop = DEFAULT_QUEUE.drop } = settings;
  return { debounceMs, cap, drop, mode: (wanted && parseQueueMode(wanted)) ?? DEFAULT_QUEUE.mode };
}

/** The models of the catalog in the configuration when it has one, else all that the agent can use. */
async function modelChoices({ agents }: GatewayConfig, agent: Agent): Promise<readonly ModelChoice[]> {
  const catalog = agents.defaults.models;
  const models = (await agent.listModels()).map(({ provider, id, contextWindow }) => ({
    reference: `${provider}/${id}`,
    contextWindow,
  }));
  const chosen = catalog ? models.filter(({ reference }) => catalog[reference] !== undefined) : models;
  return chosen.map((model) => {
    const alias = catalog?.[model.reference]?.alias;
    return { ...model, ...(alias === undefined ? {} : { alias }) };
  });
}

function sessionDefaults(config: GatewayConfig, { chatType }: Pick<CommandSession, "chatType" | "key">) {
  return {
    thinking: config.agents.defaults.thinkingDefault ?? "as the model does",
    queueMode: config.messages?.queue?.mode ?? DEFAULT_QUEUE.mode,
    activation: chatType === "direct" ? ("always" as const) : ("mention" as const),
  };
}

/** What decides whether a skill can be used on this machine. */
export function skillsWorld({ current, paths, environment }: ConfigRuntime): SkillsDependencies {
  return {
    managedDirectory: join(paths.stateDir, "skills"),
    workspace: (agentId) => agentWorkspace(current, agentId, paths.workspace),
    environment,
    configValue: (path) => path.split(".").reduce<unknown>((value, key) => memberOf(value, key), current),
    platform: process.platform,
  };
}
