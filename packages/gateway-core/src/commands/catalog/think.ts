import { levelCommand } from "../levels.ts";

export const command = levelCommand({
  names: ["think", "thinking", "t"],
  category: "options",
  summary: "How much the model thinks before it answers.",
  title: "Thinking",
  levels: ["off", "minimal", "low", "medium", "high", "xhigh"],
  synonyms: { on: "low", highest: "high", max: "high" },
  current: ({ session, world }) => session.thinkingLevel ?? world.defaults(session).thinking,
  change: (thinkingLevel) => ({ thinkingLevel }),
  forTurn: (thinking) => ({ thinking }),
});
