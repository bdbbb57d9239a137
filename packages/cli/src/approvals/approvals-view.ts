import type { AllowlistEntry, ApprovalRules } from "@openclaw/exec-host";

import { type Block, fields, heading, line } from "../output.ts";
import type { ApprovalsView } from "./approvals-target.ts";

/** A machine's approvals file, for people. */
export function approvalsBlocks(name: string, { path, exists, file }: ApprovalsView): readonly Block[] {
  const agents = Object.entries(file.agents);
  const rows = agents.flatMap(([agent, { allowlist = [] }]) => allowlist.map((entry) => rowOf(agent, entry)));
  return [
    fields(
      ["machine", name],
      ["file", exists ? path : `${path} (not there yet)`],
      ["defaults", rulesOf(file.defaults)],
      ...agents.map(([agent, rules]): [string, string] => [`agent ${agent}`, rulesOf(rules)]),
    ),
    heading("Allow-list"),
    { kind: "table", columns: ["agent", "pattern", "last used"], rows, whenEmpty: "Nothing is listed." },
  ];
}

/** What a change of a list came to. */
export function changedLine(name: string, text: string): Block {
  return line(`${text} on ${name}`);
}

function rulesOf({ security, ask, askFallback }: ApprovalRules): string {
  const rules = Object.entries({ security, ask, askFallback }).filter(([, rule]) => rule !== undefined);
  return rules.length === 0 ? "as configured" : rules.map(([key, rule]) => `${key} ${rule}`).join(", ");
}

function rowOf(agent: string, { pattern, lastUsedAt }: AllowlistEntry): readonly string[] {
  return [agent, pattern, lastUsedAt === undefined ? "-" : new Date(lastUsedAt).toISOString()];
}
