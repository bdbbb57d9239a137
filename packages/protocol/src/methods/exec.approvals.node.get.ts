import * as z from "zod";

import { execApprovalsSnapshot } from "../entities/exec-approval.ts";
import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const execApprovalsNodeGet = defineMethod({
  name: "exec.approvals.node.get",
  summary: "What may run on a node: its exec-approvals.json.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ nodeId: identifier }),
  result: execApprovalsSnapshot,
  idempotency: "none",
  errors: [],
  example: {
    params: { nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889" },
    result: {
      path: "/home/ann/.openclaw/exec-approvals.json",
      exists: true,
      hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      file: { version: 1, defaults: { security: "allowlist" }, agents: {} },
    },
  },
});
