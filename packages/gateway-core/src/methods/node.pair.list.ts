import { requestView } from "../nodes/approval/request-view.ts";
import { defineHandler } from "./define.ts";
import { pairedNodeToWire } from "./node-wire.ts";

export const nodePairList = defineHandler("node.pair.list", async (_params, { nodes }) => {
  const [pending, paired] = await Promise.all([nodes.approvals.pending(), nodes.paired()]);
  return { pending: pending.map(requestView), paired: paired.map(pairedNodeToWire) };
});
