import { defineHandler } from "./define.ts";
import { findSessionTarget } from "./session-target.ts";

export const sessionsUsageTimeseries = defineHandler("sessions.usage.timeseries", async ({ key }, context) => {
  const { sessionKey, session } = await findSessionTarget(context, key);
  let cumulativeTokens = 0;
  let cumulativeCost = 0;
  const points = (await context.usage.points(sessionKey)).map(
    ({ totalCost, missingCostEntries: _unpriced, ...point }) => {
      cumulativeTokens += point.totalTokens;
      cumulativeCost += totalCost;
      return { ...point, cost: totalCost, cumulativeTokens, cumulativeCost };
    },
  );
  return { ...(session ? { sessionId: session.sessionId } : {}), points };
});
