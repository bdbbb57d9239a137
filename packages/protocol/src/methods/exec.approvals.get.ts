import * as z from "zod";

import { execApprovalsSnapshot } from "../entities/exec-approval.ts";
import { defineMethod } from "../define.ts";

export const execApprovalsGet = defineMethod({
  name: "exec.approvals.get",
  summary: "What may run on the gateway's machine: its exec-approvals.json.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({}),
  result: execApprovalsSnapshot,
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      path: "/home/ann/.openclaw/exec-approvals.json",
      exists: true,
      hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      file: { version: 1, defaults: { security: "allowlist" }, agents: {} },
    },
  },
});
