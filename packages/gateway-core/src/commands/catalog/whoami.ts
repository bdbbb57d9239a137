import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["whoami", "id"],
  category: "status",
  summary: "Shows your id here.",
  answersInside: true,
  run: ({ sender, session, isOwner }) => ({
    reply: [
      `Channel: ${sender.channel}`,
      `Your id: ${sender.id}`,
      ...(sender.name === undefined ? [] : [`Your name: ${sender.name}`]),
      `Session: ${session.key}`,
      `Owner: ${isOwner ? "yes" : "no"}`,
    ].join("\n"),
  }),
};
