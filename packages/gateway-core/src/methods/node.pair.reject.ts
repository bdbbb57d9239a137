import { defineHandler } from "./define.ts";
import { unknownRequest } from "./node-wire.ts";

export const nodePairReject = defineHandler("node.pair.reject", async ({ requestId }, { nodes, log }) => {
  const request = await nodes.approvals.reject(requestId);
  if (!request) throw unknownRequest(requestId);
  log.info("node rejected", { nodeId: request.nodeId });
  return { requestId, nodeId: request.nodeId };
});
