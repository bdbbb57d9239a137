import { defineHandler } from "./define.ts";
import { unknownNode } from "./node-wire.ts";

export const nodeDescribe = defineHandler("node.describe", async ({ nodeId }, { nodes, clock }) => {
  const node = await nodes.describe(nodeId);
  if (!node) throw unknownNode(nodeId);
  return { ts: clock.now(), ...node };
});
