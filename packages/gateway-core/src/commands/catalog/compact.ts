import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["compact"],
  category: "session",
  summary: "Summarises this conversation, so that less of it goes to the model.",
  usage: "[what the summary should keep]",
  run: ({ text }) => ({ compact: text === "" ? {} : { instructions: text } }),
};
