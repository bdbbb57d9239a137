import type { ResultOf } from "@openclaw/gateway-core/ports";

/** One session as `sessions.list` gives it. */
export type SessionRow = ResultOf<"sessions.list">["sessions"][number];

/** How long ago, in the largest unit that is not zero. */
export function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
