import { levelCommand } from "../levels.ts";

export const command = levelCommand({
  names: ["verbose", "v"],
  category: "options",
  summary: "Whether replies say which tools were used, and what those answered.",
  title: "Verbose",
  levels: ["off", "on", "full"],
  current: ({ session }) => session.verboseLevel ?? "off",
  change: (verboseLevel) => ({ verboseLevel }),
  forTurn: (verbose) => ({ verbose }),
});
