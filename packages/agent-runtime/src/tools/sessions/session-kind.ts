/** What a session is for, as the model chooses sessions by. */
export const SESSION_KINDS = ["main", "group", "cron", "hook", "node", "other"] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

/** Reads the kind off a session key such as "agent:main:telegram:group:-100". */
export function kindOfSession(key: string): SessionKind {
  const parts = key.split(":");
  const local = parts[0] === "agent" ? parts.slice(2) : parts;
  if (local.length === 1 && local[0] === "main") return "main";
  if (local.some((part) => part === "group" || part === "channel" || part === "room")) return "group";
  if (local[0] === "cron") return "cron";
  if (local[0] === "hook") return "hook";
  return local[0] === "node" || local[0]?.startsWith("node-") === true ? "node" : "other";
}
