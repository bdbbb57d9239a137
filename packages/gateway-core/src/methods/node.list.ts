import { defineHandler } from "./define.ts";

export const nodeList = defineHandler("node.list", async (_params, { nodes, clock }) => ({
  ts: clock.now(),
  nodes: await nodes.list(),
}));
