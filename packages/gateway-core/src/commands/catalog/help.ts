import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["help"],
  category: "status",
  summary: "Shows what you can write.",
  answersInside: true,
  run: () => ({
    reply: [
      "Write as you would to a person. A message that begins with / is a command:",
      "/new: begin a new conversation",
      "/stop: end what I am doing",
      "/status: how this conversation stands",
      "/model: which model answers",
      "/think: how much it thinks first",
      "/commands: every command",
    ].join("\n"),
  }),
};
