import type { NodeRequest } from "./request-table.ts";

/** Running programs is as much as an administrator may do, so only one may let a node offer it. Wire facts 20.3. */
const ADMINISTRATIVE: ReadonlySet<string> = new Set(["system.run", "system.run.prepare", "system.execApprovals.set"]);

/** What an operator needs to approve a request. */
export function requiredScopes({ surface }: NodeRequest): ("operator.pairing" | "operator.admin")[] {
  const isAdministrative = surface.commands.some((command) => ADMINISTRATIVE.has(command));
  return ["operator.pairing", ...(isAdministrative ? ["operator.admin" as const] : [])];
}

/** A request as clients see it. */
export function requestView(request: NodeRequest) {
  const { requestId, nodeId, kind, description, surface, isSilent, isRepair, createdAt } = request;
  const { caps, commands, permissions } = surface;
  return {
    requestId,
    nodeId,
    ...description,
    ...(kind === "surface" || caps.length > 0 ? { caps } : {}),
    ...(kind === "surface" || commands.length > 0 ? { commands } : {}),
    ...(kind === "surface" ? { requiredApproveScopes: requiredScopes(request), permissions } : {}),
    ...(isSilent === undefined ? {} : { silent: isSilent }),
    ...(kind === "token" ? { isRepair } : {}),
    ts: createdAt,
  };
}
