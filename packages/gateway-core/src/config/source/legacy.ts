import { isPlainObject, type KeyPath } from "./tree.ts";

/** A key that earlier versions had, and where its value belongs now. */
interface MovedKey {
  readonly path: KeyPath;
  readonly now: string;
}

const AGENT_KEYS: readonly (readonly [string, string])[] = [
  ["model", "agents.defaults.model.primary"],
  ["allowedModels", "agents.defaults.models"],
  ["modelAliases", "agents.defaults.models"],
  ["modelFallbacks", "agents.defaults.model.fallbacks"],
  ["imageModel", "agents.defaults.imageModel.primary"],
  ["imageModelFallbacks", "agents.defaults.imageModel.fallbacks"],
];

/** In the order of the documented migrations; the first entry that fits a key is the one that is told. */
const MOVED: readonly MovedKey[] = [
  ...moved("routing", [
    ["allowFrom", "channels.whatsapp.allowFrom"],
    ["bindings", "bindings"],
    ["agents", "agents.list"],
    ["defaultAgentId", "agents.list[].default"],
    ["agentToAgent", "tools.agentToAgent"],
    ["queue", "messages.queue"],
    ["transcribeAudio", "tools.media.audio.models"],
  ]),
  { path: ["routing", "groupChat", "requireMention"], now: 'channels.<channel>.groups."*".requireMention' },
  { path: ["routing", "groupChat", "historyLimit"], now: "messages.groupChat.historyLimit" },
  { path: ["routing", "groupChat", "mentionPatterns"], now: "messages.groupChat.mentionPatterns" },
  { path: ["routing"], now: "bindings, agents.list, messages and tools" },
  ...moved("agent", AGENT_KEYS),
  { path: ["agent"], now: "agents.defaults, and tools for its tool settings" },
  { path: ["identity"], now: "agents.list[].identity" },
  { path: ["messages", "tts", "enabled"], now: "messages.tts.auto" },
  {
    path: ["agents", "defaults", "sandbox", "perSession"],
    now: 'agents.defaults.sandbox.scope ("session" or "shared")',
  },
  ...["telegram", "whatsapp", "discord", "slack", "signal", "imessage", "msteams"].map((channel) => ({
    path: [channel],
    now: `channels.${channel}`,
  })),
];

/** A key of an earlier version that a configuration still has. */
export interface LegacyKey {
  readonly path: KeyPath;
  readonly message: string;
}

/** Finds keys of earlier versions. One that was moved as a whole is told once, not key by key. */
export function findLegacyKeys(root: unknown): readonly LegacyKey[] {
  const found: LegacyKey[] = [];
  for (const { path, now } of MOVED) {
    const coveredBelow = found.some((key) => path.every((part, index) => key.path[index] === part));
    if (!coveredBelow && hasPath(root, path)) found.push({ path, message: `is no longer a key; it is now ${now}` });
  }
  const bindings = isPlainObject(root) ? root["bindings"] : undefined;
  for (const [index, binding] of (Array.isArray(bindings) ? bindings : []).entries()) {
    if (hasPath(binding, ["match", "accountID"])) {
      const path = ["bindings", index, "match", "accountID"];
      found.push({ path, message: "is no longer a key; it is now bindings[].match.accountId" });
    }
  }
  return found;
}

function moved(parent: string, keys: readonly (readonly [string, string])[]): readonly MovedKey[] {
  return keys.map(([key, now]) => ({ path: [parent, key], now }));
}

function hasPath(root: unknown, path: KeyPath): boolean {
  let value = root;
  for (const key of path) {
    if (!isPlainObject(value) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}
