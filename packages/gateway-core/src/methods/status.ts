import type { SessionStatus } from "@openclaw/protocol";

import { agentIds, defaultAgentId } from "../config/agent-selection.ts";
import { mainSessionKey } from "../sessions/session-key.ts";
import type { Session } from "../sessions/session-store.ts";
import { type CallContext, defineHandler } from "./define.ts";
import { contextTokens } from "./session-target.ts";

const MAX_RECENT = 10;

export const status = defineHandler("status", async (_params, context) => {
  const { agent, config, health, scheduled, sessions } = context;
  const snapshot = await health.read();
  const limit = await contextTokens(context);
  const defaultId = defaultAgentId(config.current);
  const path = config.paths.databaseFile;
  const mainKey = mainSessionKey(defaultId, config.current.session);
  const [newest, counts] = await Promise.all([sessions.list({ limit: MAX_RECENT }), sessions.countByAgent()]);
  const byAgent = await Promise.all(
    agentIds(config.current).map(async (agentId) => ({
      agentId,
      path,
      count: counts.get(agentId) ?? 0,
      recent: (await sessions.list({ agentId, limit: MAX_RECENT })).map((session) => describe(session, context, limit)),
    })),
  );
  const { linkChannel } = snapshot;
  return {
    ...(snapshot.version === undefined ? {} : { runtimeVersion: snapshot.version }),
    ...(linkChannel
      ? {
          linkChannel: {
            ...linkChannel,
            label: linkChannel.label ?? linkChannel.id,
            authAgeMs: linkChannel.authAgeMs ?? null,
          },
        }
      : {}),
    heartbeat: {
      defaultAgentId: defaultId,
      agents: snapshot.agents.map(({ agentId, heartbeat: { enabled, every, everyMs } }) => ({
        agentId,
        enabled,
        every,
        everyMs,
      })),
    },
    channelSummary: channelLines(context),
    queuedSystemEvents: await scheduled.notes.waiting(mainKey),
    sessions: {
      paths: [path],
      count: [...counts.values()].reduce((sum, count) => sum + count, 0),
      defaults: { model: agent.defaultModel(defaultId), contextTokens: limit },
      recent: newest.map((session) => describe(session, context, limit)),
      byAgent,
    },
  };
});

/** One line per account, for people. */
function channelLines({ channels }: CallContext): string[] {
  return channels.list().map(({ label, accountId, enabled, configured, status: state }) => {
    const name = accountId === "default" ? label : `${label} (${accountId})`;
    if (!enabled) return `${name}: off`;
    if (!configured) return `${name}: not configured`;
    const who = state.identity?.username ?? state.identity?.displayName ?? state.identity?.id;
    if (state.state === "online") return who === undefined ? `${name}: online` : `${name}: online as ${who}`;
    return state.detail === undefined ? `${name}: ${state.state}` : `${name}: ${state.state}: ${state.detail}`;
  });
}

function describe(session: Session, context: CallContext, limit: number | null): SessionStatus {
  const { key, agentId, chatType, sessionId, updatedAt, abortedLastRun, inputTokens, outputTokens, totalTokens } =
    session;
  return {
    agentId,
    key,
    kind: key === "global" ? "global" : chatType === "direct" ? "direct" : "group",
    sessionId,
    updatedAt,
    age: Math.max(0, context.clock.now() - updatedAt),
    abortedLastRun,
    inputTokens,
    outputTokens,
    totalTokens,
    // The counts are those of all turns so far, which says nothing about how full the context is.
    remainingTokens: null,
    percentUsed: null,
    model: session.model ?? session.lastModel ?? context.agent.defaultModel(agentId),
    contextTokens: limit,
    ...(session.thinkingLevel === undefined ? {} : { thinkingLevel: session.thinkingLevel }),
    ...(session.verboseLevel === undefined ? {} : { verboseLevel: session.verboseLevel }),
    flags: flagsOf(session),
  };
}

function flagsOf({ thinkingLevel, verboseLevel, abortedLastRun, sessionId }: Session): string[] {
  return [
    ...(thinkingLevel === undefined ? [] : [`think:${thinkingLevel}`]),
    ...(verboseLevel === undefined ? [] : [`verbose:${verboseLevel}`]),
    ...(abortedLastRun ? ["aborted"] : []),
    `id:${sessionId}`,
  ];
}
