import { levelCommand } from "../levels.ts";

export const command = levelCommand({
  names: ["reasoning", "reason"],
  summary: "Whether replies show what the model thought.",
  title: "Reasoning",
  levels: ["off", "on"],
  current: ({ session }) => session.reasoningLevel ?? "off",
  change: (reasoningLevel) => ({ reasoningLevel }),
  forTurn: (reasoning) => ({ reasoning }),
});
