import { defineHandler } from "./define.ts";
import { unknownNode } from "./node-wire.ts";

export const nodePairRemove = defineHandler("node.pair.remove", async ({ nodeId }, { nodes, log }) => {
  if (!(await nodes.remove(nodeId))) throw unknownNode(nodeId);
  log.info("node removed", { nodeId });
  return { nodeId };
});
