import * as z from "zod";

import { execApprovalsDocument, execApprovalsSnapshot } from "../entities/exec-approval.ts";
import { line } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const execApprovalsSet = defineMethod({
  name: "exec.approvals.set",
  summary: "Replaces the gateway's exec-approvals.json, if it is still the one that was read.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ file: execApprovalsDocument, baseHash: line.optional() }),
  result: execApprovalsSnapshot,
  idempotency: "none",
  errors: [],
  example: {
    params: {
      baseHash: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      file: { version: 1, defaults: { security: "allowlist" }, agents: {} },
    },
    result: {
      path: "/home/ann/.openclaw/exec-approvals.json",
      exists: true,
      hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      file: { version: 1, defaults: { security: "allowlist" }, agents: {} },
    },
  },
});
