import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["send"],
  category: "session",
  summary: "Whether replies of this conversation are delivered to its chat.",
  usage: "[on|off|inherit]",
  ownerOnly: true,
  run({ text, session }) {
    switch (text.toLowerCase()) {
      case "":
        return { reply: `Replies: ${stateOf(session.sendPolicy)}. Choices: on, off, inherit.` };
      case "on":
        return { reply: "Replies are delivered here.", change: { sendPolicy: "allow" } };
      case "off":
        return {
          reply: "Replies are no longer delivered here. /send on brings them back.",
          change: { sendPolicy: "deny" },
        };
      case "inherit":
      case "default":
        return { reply: "Whether replies are delivered here follows the configuration.", change: { sendPolicy: null } };
      default:
        return { reply: "Choices of /send: on, off, inherit." };
    }
  },
};

function stateOf(policy: "allow" | "deny" | undefined): string {
  if (policy === undefined) return "as configured";
  return policy === "allow" ? "on" : "off";
}
