import { defineHandler } from "./define.ts";
import { pairedNodeToWire } from "./node-wire.ts";

export const nodePairVerify = defineHandler("node.pair.verify", async ({ nodeId, token }, { nodes }) => {
  const node = await nodes.approvals.verify(nodeId, token);
  return node ? { ok: true, node: pairedNodeToWire(node) } : { ok: false };
});
