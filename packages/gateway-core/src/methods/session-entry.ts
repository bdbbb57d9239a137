import type { ResultOf } from "@openclaw/protocol";

import type { Session } from "../sessions/session-store.ts";

/** A session as the methods that change it answer. */
export function sessionEntryOf(session: Session): ResultOf<"sessions.reset">["entry"] {
  const { model, activation, label, thinkingLevel, verboseLevel, reasoningLevel, responseUsage, sendPolicy } = session;
  const [provider, ...name] = model?.split("/") ?? [];
  const set = { label, thinkingLevel, verboseLevel, reasoningLevel, responseUsage, sendPolicy };
  return {
    sessionId: session.sessionId,
    updatedAt: session.updatedAt,
    createdAt: session.createdAt,
    chatType: session.chatType,
    ...onlyKnown(set),
    ...onlyKnown({ groupActivation: activation, spawnedBy: session.spawnedBy }),
    ...(provider === undefined ? {} : { providerOverride: provider, modelOverride: name.join("/") }),
    ...(session.origin ? { origin: session.origin } : {}),
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    abortedLastRun: session.abortedLastRun,
  };
}

function onlyKnown(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
