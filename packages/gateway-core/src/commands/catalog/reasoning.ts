import { levelCommand } from "../levels.ts";

export const command = levelCommand({
  names: ["reasoning", "reason"],
  category: "options",
  summary: "Whether replies show what the model thought.",
  title: "Reasoning",
  levels: ["off", "on"],
  absent: { stream: "Thoughts are not shown while they are thought: on shows them before the reply." },
  current: ({ session }) => session.reasoningLevel ?? "off",
  change: (reasoningLevel) => ({ reasoningLevel }),
  forTurn: (reasoning) => ({ reasoning }),
});
