import type { ChatCommand, CommandInput } from "../define.ts";
import { levelCommand } from "../levels.ts";
import { spendingLine } from "../spending.ts";

const lines = levelCommand({
  names: ["usage"],
  category: "status",
  summary: "Whether replies end with what they took; cost shows what was spent.",
  title: "Usage line",
  levels: ["off", "tokens", "full"],
  synonyms: { on: "tokens" },
  current: ({ session }) => session.responseUsage ?? "off",
  change: (responseUsage) => ({ responseUsage }),
});

export const command: ChatCommand = {
  ...lines,
  usage: "[off|tokens|full|cost|default]",
  run: (input) => (input.text.toLowerCase() === "cost" ? costs(input) : lines.run(input)),
};

async function costs({ session, world }: CommandInput) {
  const { session: here, today, month } = await world.spending(session.key);
  const rows = [
    spendingLine("This conversation, 30 days", here),
    spendingLine("Everything, today", today),
    spendingLine("Everything, 30 days", month),
  ];
  const unpriced = month.unpriced > 0 ? ["Prices are set with models.providers.<id>.models[].cost."] : [];
  return { reply: ["💵 What was spent:", ...rows, ...unpriced].join("\n") };
}
