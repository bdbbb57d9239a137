import { runsOf, sessionRowOf } from "../sessions/rows/session-rows.ts";
import type { Session } from "../sessions/session-store.ts";
import { defineHandler } from "./define.ts";
import { modelDefaults, rowsOf } from "./session-target.ts";

const DEFAULT_LIMIT = 100;
const MINUTE_MS = 60_000;

export const sessionsList = defineHandler("sessions.list", async (params, context) => {
  const { sessions, clock, config, messages } = context;
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
  const hasMore = offset + page.length < matching.length;
  return {
    ts: clock.now(),
    path: config.paths.databaseFile,
    count: page.length,
    totalCount: matching.length,
    limitApplied: limit,
    nextOffset: hasMore ? offset + page.length : null,
    hasMore,
    defaults: await modelDefaults(context),
    sessions: await Promise.all(
      page.map(async (session) => ({
        ...(await sessionRowOf(session, params, rowsOf(context))),
        ...runsOf(openRuns.get(session.key)),
      })),
    ),
  };
});

function matches(session: Session, search: string | undefined, label: string | undefined): boolean {
  if (label !== undefined && session.label !== label) return false;
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return [session.key, session.label, session.title].some((text) => text?.toLowerCase().includes(wanted));
}
