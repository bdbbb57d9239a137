import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["compact"],
  summary: "Says how long conversations are kept short.",
  usage: "[instructions]",
  run: () => ({
    reply:
      "I can not summarise a conversation on request: that happens by itself when it grows too long for the model. /new begins a new one.",
  }),
};
