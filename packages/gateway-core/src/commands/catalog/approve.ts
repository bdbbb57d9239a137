import type { ChatCommand } from "../define.ts";

const DECISIONS: Readonly<Record<string, string>> = {
  "allow-once": "allow-once",
  allow: "allow-once",
  once: "allow-once",
  yes: "allow-once",
  "allow-always": "allow-always",
  always: "allow-always",
  deny: "deny",
  no: "deny",
  reject: "deny",
};
const USAGE = "Say /approve <id> allow-once, /approve <id> allow-always or /approve <id> deny.";

export const command: ChatCommand = {
  names: ["approve"],
  category: "management",
  summary: "Decides about a command that waits for approval.",
  usage: "<id> allow-once|allow-always|deny",
  ownerOnly: true,
  run({ text, sender }) {
    const [id, word, ...more] = text.split(/\s+/u);
    const decision = word === undefined ? undefined : DECISIONS[word.toLowerCase()];
    if (id === undefined || id === "" || decision === undefined || more.length > 0) return { reply: USAGE };
    return { approval: { id, decision, by: sender.name ?? `${sender.channel}:${sender.id}` } };
  },
};
