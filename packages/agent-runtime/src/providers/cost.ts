import type { TokenUsage } from "@openclaw/gateway-core/ports";

import type { ModelSettings } from "../settings.ts";

type Cost = NonNullable<TokenUsage["cost"]>;

const MILLION = 1_000_000;

/** Token counts with what they cost. Prices that are all zero say nothing: they are what a model has without any. */
export function withCost(usage: TokenUsage, prices: ModelSettings["cost"]): TokenUsage {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = prices ?? {};
  if (input + output + cacheRead + cacheWrite === 0) return usage;
  const parts = {
    input: (usage.input * input) / MILLION,
    output: (usage.output * output) / MILLION,
    cacheRead: (usage.cacheRead * cacheRead) / MILLION,
    cacheWrite: (usage.cacheWrite * cacheWrite) / MILLION,
  };
  return { ...usage, cost: { ...parts, total: parts.input + parts.output + parts.cacheRead + parts.cacheWrite } };
}

/** Both together; what has no price adds nothing. */
export function addCost(left: TokenUsage["cost"], right: TokenUsage["cost"]): { cost?: Cost } {
  if (left === undefined || right === undefined) {
    const known = left ?? right;
    return known === undefined ? {} : { cost: known };
  }
  return {
    cost: {
      input: left.input + right.input,
      output: left.output + right.output,
      cacheRead: left.cacheRead + right.cacheRead,
      cacheWrite: left.cacheWrite + right.cacheWrite,
      total: left.total + right.total,
    },
  };
}
