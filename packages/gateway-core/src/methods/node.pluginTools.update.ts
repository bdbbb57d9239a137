import { defineHandler } from "./define.ts";
import { assertSmall, callingNode } from "./node-wire.ts";

export const nodePluginToolsUpdate = defineHandler("node.pluginTools.update", async ({ tools }, context) => {
  const node = await callingNode(context);
  assertSmall("tools", tools);
  node.pluginTools = tools;
  return { nodeId: node.facts.nodeId, tools };
});
