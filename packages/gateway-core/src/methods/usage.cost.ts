import { sumUsage } from "../usage/usage-book.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_DAYS = 30;

export const usageCost = defineHandler("usage.cost", async ({ days = DEFAULT_DAYS }, { clock, usage }) => {
  const daily = await usage.daily(days);
  return { updatedAt: clock.now(), days, daily, totals: sumUsage(daily) };
});
