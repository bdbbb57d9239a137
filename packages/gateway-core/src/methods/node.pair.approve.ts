import { hasScope } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import { requiredScopes } from "../nodes/approval/request-view.ts";
import { defineHandler } from "./define.ts";
import { pairedNodeToWire, unknownRequest } from "./node-wire.ts";

export const nodePairApprove = defineHandler("node.pair.approve", async ({ requestId }, { nodes, caller, log }) => {
  const request = await nodes.approvals.find(requestId);
  if (!request) throw unknownRequest(requestId);
  const required = requiredScopes(request);
  const missing = required.find((scope) => !hasScope(caller.scopes, scope));
  if (missing) {
    throw new GatewayError("FORBIDDEN", `missing scope: ${missing}`, {
      details: { code: "MISSING_SCOPE", missingScope: missing, requiredScopes: required },
    });
  }
  const approved = await nodes.approve(requestId);
  if (!approved) throw unknownRequest(requestId);
  const { node, token } = approved;
  log.info("node approved", { nodeId: node.nodeId, commands: node.surface?.commands });
  return { requestId, node: { ...pairedNodeToWire(node), ...(token === undefined ? {} : { token }) } };
});
