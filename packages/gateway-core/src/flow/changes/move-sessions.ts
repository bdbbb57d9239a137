import type { SqlExecutor } from "../../ports.ts";
import { chatOf, type ReplyRoute } from "../../sessions/turn.ts";

/** A chat of a channel with the id it had and the id it has now. */
export interface MovedChat {
  readonly channel: string;
  readonly account: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Gives the group sessions of a chat the keys that belong to its new id, with all that waits in them. A session that
 * the new id has already stays as it is, and so does the one it would replace. Answers the new keys.
 */
export async function moveSessions(sql: SqlExecutor, chat: MovedChat): Promise<string[]> {
  const rows = await sql.all<{ key: string; route: string | null; origin: string | null }>(
    "SELECT key, route, origin FROM sessions WHERE channel = ? AND instr(key, ?) > 0",
    chat.channel,
    segment(chat, chat.from),
  );
  const moved: string[] = [];
  for (const { key, route, origin } of rows) {
    const newKey = keyAfterMove(key, chat);
    if (newKey === undefined || (await sql.get("SELECT key FROM sessions WHERE key = ?", newKey))) continue;
    await sql.run(
      "UPDATE sessions SET key = ?, route = ?, origin = ? WHERE key = ?",
      newKey,
      withNewId(route, "chatId", chat),
      withNewId(origin, "to", chat),
      key,
    );
    for (const table of ["overheard", "session_notes", "turns"]) {
      await sql.run(`UPDATE ${table} SET session_key = ? WHERE session_key = ?`, newKey, key);
    }
    await sql.run("UPDATE past_sessions SET key = ? WHERE key = ?", newKey, key);
    moved.push(newKey);
  }
  await moveRoutes(sql, chat);
  return moved;
}

/** Where the answers of turns go that wait or run. */
async function moveRoutes(sql: SqlExecutor, chat: MovedChat): Promise<void> {
  const rows = await sql.all<{ run_id: string; route: string }>(
    "SELECT run_id, route FROM turns WHERE state IN ('queued', 'running') AND route IS NOT NULL",
  );
  for (const { run_id: runId, route } of rows) {
    const parsed = JSON.parse(route) as ReplyRoute;
    if (parsed.channel !== chat.channel || parsed.account !== chat.account || parsed.chatId !== chat.from) continue;
    const next = { ...parsed, chatId: chat.to };
    await sql.run(
      "UPDATE turns SET route = ?, reply_chat = ? WHERE run_id = ?",
      JSON.stringify(next),
      chatOf(next),
      runId,
    );
  }
}

/** Keys end with the chat, or with the chat and its topic. */
function keyAfterMove(key: string, chat: MovedChat): string | undefined {
  const [before, after] = [segment(chat, chat.from), segment(chat, chat.to)];
  const at = key.indexOf(before);
  const rest = key.slice(at + before.length);
  return rest === "" || rest.startsWith(":topic:") ? key.slice(0, at) + after + rest : undefined;
}

function segment({ channel }: MovedChat, chatId: string): string {
  return `:${channel}:group:${chatId}`.toLowerCase();
}

function withNewId(json: string | null, field: string, { from, to }: MovedChat): string | null {
  if (json === null) return null;
  const value = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify(value[field] === from ? { ...value, [field]: to } : value);
}
