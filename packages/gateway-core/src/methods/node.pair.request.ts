import { GatewayError } from "../errors.ts";
import { MAX_REQUESTS } from "../nodes/approval/request-table.ts";
import { requestView } from "../nodes/approval/request-view.ts";
import { boundedDescription, boundedSurface } from "../nodes/surface.ts";
import { defineHandler } from "./define.ts";

/** Pairs by token, as programs of protocol 3 that connect for a node do. */
export const nodePairRequest = defineHandler("node.pair.request", async (params, { nodes }) => {
  const { nodeId, caps = [], commands = [], silent, ...description } = params;
  const opened = await nodes.approvals.request({
    nodeId,
    kind: "token",
    description: boundedDescription(description),
    surface: boundedSurface({ caps, commands }),
    ...(silent === undefined ? {} : { isSilent: silent }),
    isRepair: await nodes.isPaired(nodeId),
  });
  if (!opened) {
    throw new GatewayError(
      "UNAVAILABLE",
      `More than ${MAX_REQUESTS} nodes wait for approval; approve or reject some (openclaw nodes pending).`,
    );
  }
  return { status: "pending" as const, request: requestView(opened.request), created: opened.isNew };
});
