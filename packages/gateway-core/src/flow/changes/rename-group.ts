import type { ConfigView, ConfigWrite } from "../../config/edit/config-editor.ts";
import type { MovedChat } from "./move-sessions.ts";

/** What reads and writes the configuration file. */
interface Editor {
  view(): Promise<Pick<ConfigView, "exists" | "parsed" | "hash">>;
  write(request: ConfigWrite): Promise<unknown>;
}

type Section = Readonly<Record<string, unknown>>;

/**
 * Puts a group that has a new id under it in the configuration file, for the channel and for the account, unless
 * `configWrites` is false there or the new id is listed already. Answers whether anything was written. Throws
 * GatewayError when the file can not be written.
 */
export async function renameGroup(editor: Editor, { channel, account, from, to }: MovedChat): Promise<boolean> {
  const { exists, parsed, hash } = await editor.view();
  const section = sectionAt(parsed, ["channels", channel]);
  if (!exists || !section) return false;
  const own = sectionAt(section, ["accounts", account]);
  if ((own?.["configWrites"] ?? section["configWrites"]) === false) return false;
  const groups = renamed(section, { from, to });
  const ownGroups = renamed(own, { from, to });
  if (!groups && !ownGroups) return false;
  const change = {
    ...(groups ? { groups } : {}),
    ...(ownGroups ? { accounts: { [account]: { groups: ownGroups } } } : {}),
  };
  const raw = JSON.stringify({ channels: { [channel]: change } });
  await editor.write({ method: "config.patch", raw, baseHash: hash });
  return true;
}

/** The merge patch of a section's groups; undefined when there is nothing to rename. */
function renamed(section: Section | undefined, { from, to }: { from: string; to: string }): Section | undefined {
  const groups = sectionAt(section, ["groups"]);
  const settings = groups?.[from];
  return settings === undefined || groups?.[to] !== undefined ? undefined : { [from]: null, [to]: settings };
}

function sectionAt(value: unknown, path: readonly string[]): Section | undefined {
  let at: unknown = value;
  for (const name of path) at = isSection(at) ? at[name] : undefined;
  return isSection(at) ? at : undefined;
}

function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
