import type { ResultOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import { NodeFailure } from "../nodes/failures.ts";
import type { CallContext } from "./define.ts";

type Snapshot = ResultOf<"exec.approvals.node.get">;

interface NodeQuestion {
  readonly nodeId: string;
  readonly command: "system.execApprovals.get" | "system.execApprovals.set";
  readonly params: unknown;
}

/** Asks a node for its approvals file, or to replace it. Throws GatewayError. Source: wire facts 20.19. */
export async function askNodeForApprovals(
  { nodes, caller, signal }: CallContext,
  { nodeId, command, params }: NodeQuestion,
): Promise<Snapshot> {
  try {
    const { payload } = await nodes.invoke(nodeId, command, params, { signal });
    if (isSnapshot(payload)) return payload;
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    // A node that was never heard of is, here, one that is not connected. Source: frames exec-approvals-file.
    const failure = error.facts.kind === "unknown" ? new NodeFailure({ kind: "not-connected" }) : error;
    throw failure.inDialect(caller.dialect);
  }
  throw new GatewayError("UNAVAILABLE", "the node answered with something that is no approvals file", {
    retryable: false,
  });
}

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== "object" || value === null) return false;
  const { path, exists, hash, file } = value as Readonly<Record<string, unknown>>;
  return (
    typeof path === "string" &&
    typeof exists === "boolean" &&
    typeof hash === "string" &&
    typeof file === "object" &&
    file !== null &&
    !Array.isArray(file)
  );
}
