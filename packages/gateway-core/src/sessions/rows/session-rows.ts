import type { ResultOf } from "@openclaw/protocol";

import type { TranscriptMessage } from "../../ports.ts";
import { mainSessionKey, type SessionKeySettings } from "../session-key.ts";
import type { Session, SessionStore } from "../session-store.ts";

const TITLE_LENGTH = 80;
const PREVIEW_LENGTH = 200;

type Row = ResultOf<"sessions.list">["sessions"][number];

/** What runs and waits in a session. */
export function runsOf(runIds: readonly string[] = []): Pick<Row, "hasActiveRun" | "activeRunIds"> {
  return { hasActiveRun: runIds.length > 0, activeRunIds: runIds };
}

/** One session as lists show it, with what else of it is asked for. */
export async function sessionRowOf(
  session: Session,
  wanted: { includeDerivedTitles?: boolean | undefined; includeLastMessage?: boolean | undefined },
  { keys, sessions }: { readonly keys: SessionKeySettings; readonly sessions: SessionStore },
): Promise<Row> {
  const isMain = session.key === mainSessionKey(session.agentId, keys);
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
