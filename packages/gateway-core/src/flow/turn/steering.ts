import type { Clock, Store } from "../../ports.ts";
import type { Backlog } from "../../sessions/backlog.ts";
import type { Session, SessionStore } from "../../sessions/session-store.ts";
import type { Turn } from "../../sessions/turn.ts";
import type { MediaFlow } from "../media-flow.ts";
import { userMessage } from "./turn-words.ts";

interface SteeringRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly sessions: SessionStore;
  readonly backlog: Backlog;
  readonly mediaFlow: MediaFlow;
}

/** A turn that runs, and those who wrote what it answers. */
interface SteeredTurn {
  readonly turn: Turn;
  readonly session: Session;
  readonly senders: Set<string>;
}

/**
 * What came for the session of a turn meanwhile, with its files, to be told to the turn at its next step. From the
 * commit on it belongs to the turn; the files are fetched after it, and again should the turn have to be run again.
 */
export async function takeSteering(
  { store, backlog, sessions, clock, mediaFlow }: SteeringRooms,
  { turn, session, senders }: SteeredTurn,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const taken = await store.transaction(async (sql) => {
    const messages = await backlog.takeSteering(sql, turn);
    const entries = [];
    for (const message of messages) {
      const said = userMessage(message.prompt, clock.now());
      entries.push({ ...message, entryId: await sessions.append(sql, session.sessionId, said, turn.runId) });
    }
    return entries;
  });
  const prompts: string[] = [];
  for (const { entryId, runId, prompt, senders: writers } of taken) {
    for (const writer of writers) senders.add(writer);
    const described = await mediaFlow.readPrompt({ runId, prompt }, signal);
    if (described !== prompt) await sessions.replaceMessage(entryId, userMessage(described, clock.now()));
    prompts.push(described);
  }
  return prompts;
}
