import { describe, test } from "vitest";

import { contentRules } from "./content.ts";
import { inboundRules } from "./inbound.ts";
import { lifecycleRules } from "./lifecycle.ts";
import { outboundRules } from "./outbound.ts";
import { selfMessageRules } from "./self-message.ts";
import type { ComplianceSetup } from "./subject.ts";
import { NotApplicable, Trial, type Rule } from "./trial.ts";

const deadlineMs = 30_000;

const parts: readonly (readonly [string, readonly Rule[]])[] = [
  ["lifecycle", lifecycleRules],
  ["inbound", inboundRules],
  ["outbound", outboundRules],
  ["content", contentRules],
  ["self messages", selfMessageRules],
];

/**
 * Declares the tests that every channel must pass, on vitest. `setup` makes a fresh account on a fresh platform double
 * for each of them. Rules that a platform can not have (own messages, credentials) are shown as skipped.
 */
export function describeChannelCompliance(name: string, setup: ComplianceSetup): void {
  describe(`${name} keeps the channel contract`, () => {
    for (const [part, rules] of parts) {
      describe(part, () => {
        for (const { title, check } of rules) {
          test(title, { timeout: deadlineMs }, async ({ skip }) => {
            try {
              await Trial.run(setup, check);
            } catch (error) {
              if (error instanceof NotApplicable) skip(error.message);
              throw error;
            }
          });
        }
      });
    }
  });
}
