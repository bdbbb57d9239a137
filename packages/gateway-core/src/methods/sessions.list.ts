import type { ResultOf } from "@openclaw/protocol";

import { defaultAgentId } from "../config/agent-selection.ts";
import type { TranscriptMessage } from "../ports.ts";
import { mainSessionKey } from "../sessions/session-key.ts";
import type { Session } from "../sessions/session-store.ts";
import { type CallContext, defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 100;
const TITLE_LENGTH = 80;
const PREVIEW_LENGTH = 200;
const MINUTE_MS = 60_000;

type Row = ResultOf<"sessions.list">["sessions"][number];

export const sessionsList = defineHandler("sessions.list", async (params, context) => {
  const { sessions, clock, config, agent, messages } = context;
  const limit = params.limit ?? DEFAULT_LIMIT;
  const offset = params.offset ?? 0;
  const all = await sessions.list({
    ...(params.activeMinutes === undefined ? {} : { activeSince: clock.now() - params.activeMinutes * MINUTE_MS }),
    ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
  });
  const matching = all.filter(
    (session) =>
      matches(session, params.search, params.label) &&
      (params.spawnedBy === undefined || session.spawnedBy === params.spawnedBy) &&
      (params.includeGlobal !== false || session.key !== "global"),
  );
  const page = matching.slice(offset, offset + limit);
  const openRuns = await messages.openRuns();
  const [modelProvider = null, ...model] = agent.defaultModel(defaultAgentId(config.current)).split("/");
  const hasMore = offset + page.length < matching.length;
  return {
    ts: clock.now(),
    path: config.paths.databaseFile,
    count: page.length,
    totalCount: matching.length,
    limitApplied: limit,
    nextOffset: hasMore ? offset + page.length : null,
    hasMore,
    defaults: {
      modelProvider,
      model: model.join("/") || null,
      contextTokens: config.current.agents.defaults.contextTokens ?? null,
    },
    sessions: await Promise.all(
      page.map(async (session) => ({
        ...(await toRow(session, params, context)),
        ...runsOf(openRuns.get(session.key)),
      })),
    ),
  };
});

function runsOf(runIds: readonly string[] = []): Pick<Row, "hasActiveRun" | "activeRunIds"> {
  return { hasActiveRun: runIds.length > 0, activeRunIds: runIds };
}

function matches(session: Session, search: string | undefined, label: string | undefined): boolean {
  if (label !== undefined && session.label !== label) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return [session.key, session.label, session.title].some((text) => text?.toLowerCase().includes(wanted));
}

async function toRow(
  session: Session,
  wanted: { includeDerivedTitles?: boolean | undefined; includeLastMessage?: boolean | undefined },
  { config, sessions }: CallContext,
): Promise<Row> {
  const isMain = session.key === mainSessionKey(session.agentId, config.current.session);
  const ends = wanted.includeDerivedTitles || wanted.includeLastMessage ? await sessions.ends(session.sessionId) : {};
  return {
    key: session.key,
    kind: session.key === "global" ? "global" : session.chatType === "direct" ? "direct" : "group",
    chatType: session.chatType,
    agentId: session.agentId,
    isMain,
    updatedAt: session.updatedAt,
    createdAt: session.createdAt,
    sessionId: session.sessionId,
    abortedLastRun: session.abortedLastRun,
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    ...(session.label === undefined ? {} : { label: session.label }),
    ...nameOf(session),
    ...(session.origin ? { origin: session.origin } : {}),
    ...(session.spawnedBy === undefined ? {} : { spawnedBy: session.spawnedBy }),
    ...(session.reasoningLevel === undefined ? {} : { reasoningLevel: session.reasoningLevel }),
    ...(session.sendPolicy === undefined ? {} : { sendPolicy: session.sendPolicy }),
    ...(session.channel === undefined ? {} : { channel: session.channel, lastChannel: session.channel }),
    ...(session.lastProvider === undefined ? {} : { modelProvider: session.lastProvider }),
    ...(session.lastModel === undefined ? {} : { model: session.lastModel }),
    ...(session.thinkingLevel === undefined ? {} : { thinkingLevel: session.thinkingLevel }),
    ...(session.verboseLevel === undefined ? {} : { verboseLevel: session.verboseLevel }),
    ...delivery(session),
    ...(wanted.includeDerivedTitles && ends.first ? { derivedTitle: textOf(ends.first, TITLE_LENGTH) } : {}),
    ...(wanted.includeLastMessage && ends.last ? { lastMessagePreview: textOf(ends.last, PREVIEW_LENGTH) } : {}),
  };
}

/** The group's title, or whom the session began with. */
function nameOf({ title, origin }: Session): Pick<Row, "displayName" | "subject"> {
  const displayName = title ?? origin?.label;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(title === undefined ? {} : { subject: title }),
  };
}

function delivery({ route }: Session): Pick<Row, "deliveryContext" | "lastTo" | "lastAccountId"> {
  if (!route) return {};
  const { channel, account, chatId, threadId } = route;
  return {
    deliveryContext: { channel, to: chatId, accountId: account, ...(threadId === undefined ? {} : { threadId }) },
    lastTo: chatId,
    lastAccountId: account,
  };
}

function textOf(message: TranscriptMessage, length: number): string {
  const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join(" ");
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
