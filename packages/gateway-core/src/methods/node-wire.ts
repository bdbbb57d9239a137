import { GatewayError } from "../errors.ts";
import type { LiveNode } from "../nodes/live/live-nodes.ts";
import type { KnownNode } from "../nodes/node-table.ts";
import type { CallContext } from "./define.ts";

/** Clients of both generations read the first two words. */
export function unknownNode(nodeId: string): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown nodeId", { details: { nodeId } });
}

export function unknownRequest(requestId: string): GatewayError {
  return new GatewayError("INVALID_REQUEST", "unknown requestId", { details: { requestId } });
}

/** An approved node in the form of the wire. */
export function pairedNodeToWire(node: KnownNode) {
  const { nodeId, name, description, surface, createdAt, approvedAt = createdAt, lastSeenAt, lastSeenReason } = node;
  return {
    nodeId,
    ...description,
    ...(name === undefined ? {} : { displayName: name }),
    ...surface,
    createdAtMs: createdAt,
    approvedAtMs: approvedAt,
    ...(lastSeenAt === undefined ? {} : { lastSeenAtMs: lastSeenAt }),
    ...(lastSeenReason === undefined ? {} : { lastSeenReason }),
  };
}

/** The node that calls. Throws for a connection that is none, which its role should have kept away. */
export async function callingNode({ nodes, caller }: CallContext): Promise<LiveNode> {
  const node = await nodes.ofConnection(caller.connectionId);
  if (!node) throw new GatewayError("INVALID_REQUEST", "This connection is not a node.");
  return node;
}

const MAX_UPDATE_BYTES = 65_536;

/** What a node says of itself is kept while it is connected, so it must not be much. */
export function assertSmall(name: string, value: unknown): void {
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_UPDATE_BYTES) return;
  throw new GatewayError("INVALID_REQUEST", `${name} must be at most ${MAX_UPDATE_BYTES} bytes as JSON; send fewer.`);
}
