import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["activation"],
  category: "session",
  summary: "Whether I answer every message of this group, or only those that mention me.",
  usage: "[mention|always|default]",
  ownerOnly: true,
  run({ text, session, world }) {
    if (session.chatType === "direct") return { reply: "/activation is for groups: here I answer every message." };
    switch (text.toLowerCase()) {
      case "":
        return {
          reply: `Activation: ${session.activation ?? world.defaults(session).activation}. Choices: mention, always, default.`,
        };
      case "mention":
        return { reply: "I answer here when I am mentioned.", change: { activation: "mention" } };
      case "always":
        return {
          reply: "I read every message here, and answer when I have something to add.",
          change: { activation: "always" },
        };
      case "default":
        return { reply: "When I answer here follows the configuration.", change: { activation: null } };
      default:
        return { reply: "Choices of /activation: mention, always, default." };
    }
  },
};
