import { type ExecApprovalsFile, policyFor } from "@openclaw/exec-host";
import type { ResultOf } from "@openclaw/protocol";

import type { GatewayConfig } from "../config/schema.ts";

type Defaults = NonNullable<ResultOf<"exec.approvals.get">["resolvedDefaults"]>;

/** What holds on the gateway's machine for an agent of which the file says nothing. */
export function resolvedDefaults({ tools }: GatewayConfig, { version, defaults }: ExecApprovalsFile): Defaults {
  const { enabled, ask = "on-miss", security = enabled === true ? "allowlist" : "deny" } = tools.exec ?? {};
  const host = { security: enabled === false ? ("deny" as const) : security, ask, allowlist: [], safeBins: [] };
  const policy = policyFor(host, { version, defaults, agents: {} }, "main");
  const { autoAllowSkills = false } = defaults;
  return { security: policy.security, ask: policy.ask, askFallback: policy.askFallback, autoAllowSkills };
}
