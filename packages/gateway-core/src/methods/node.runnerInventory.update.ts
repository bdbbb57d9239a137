import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";
import { callingNode } from "./node-wire.ts";

/** Turns run in the gateway, so runners of nodes are not kept; the answer tells the node whether it was approved. */
export const nodeRunnerInventoryUpdate = defineHandler("node.runnerInventory.update", async (_params, context) => {
  const { facts, approved, pendingRequestId } = await callingNode(context);
  if (approved) return { nodeId: facts.nodeId };
  const remedy =
    pendingRequestId === undefined
      ? "connect again, so that an operator can approve it"
      : `run \`openclaw nodes approve ${pendingRequestId}\` (see \`openclaw nodes pending\`), then this node retries automatically`;
  throw new GatewayError("UNAVAILABLE", `node capability surface is awaiting operator approval; ${remedy}`);
});
