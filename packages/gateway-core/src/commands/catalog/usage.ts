import { levelCommand } from "../levels.ts";

export const command = levelCommand({
  names: ["usage"],
  summary: "Whether replies end with the tokens they took.",
  title: "Usage line",
  levels: ["off", "tokens", "full"],
  synonyms: { on: "tokens" },
  current: ({ session }) => session.responseUsage ?? "off",
  change: (responseUsage) => ({ responseUsage }),
});
