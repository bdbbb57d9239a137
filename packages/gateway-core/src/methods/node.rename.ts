import { defineHandler } from "./define.ts";
import { unknownNode } from "./node-wire.ts";

export const nodeRename = defineHandler("node.rename", async ({ nodeId, displayName }, { nodes }) => {
  if (!(await nodes.rename(nodeId, displayName))) throw unknownNode(nodeId);
  return { nodeId, displayName };
});
