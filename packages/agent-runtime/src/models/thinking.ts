import { AgentError } from "@openclaw/gateway-core/ports";

import type { ThinkingLevel } from "../settings.ts";

const LEVELS: ReadonlyMap<string, ThinkingLevel> = new Map<string, ThinkingLevel>([
  ["off", "off"],
  ["minimal", "minimal"],
  ["think", "minimal"],
  ["low", "low"],
  ["think hard", "low"],
  ["medium", "medium"],
  ["think harder", "medium"],
  ["high", "high"],
  ["ultrathink", "high"],
  ["highest", "high"],
  ["max", "high"],
  ["xhigh", "xhigh"],
  ["ultrathink+", "xhigh"],
]);

/** Reads a thinking level or one of the words for it. Throws AgentError("invalid-request"). */
export function parseThinking(text: string): ThinkingLevel {
  const level = LEVELS.get(text.trim().toLowerCase());
  if (level === undefined) {
    throw new AgentError(
      "invalid-request",
      `Unknown thinking level "${text.slice(0, 40)}". Use off, minimal, low, medium, high or xhigh.`,
    );
  }
  return level;
}
