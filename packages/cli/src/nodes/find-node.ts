import type { ResultOf } from "@openclaw/protocol";

import { CliError } from "../errors.ts";
import type { GatewayConnection } from "../gateway/connection.ts";

export type NodeRow = ResultOf<"node.list">["nodes"][number];

const SHORTEST_PREFIX = 6;
const MOST_NAMED = 5;

/** The node that a person means: by its id, its name, its address, or the beginning of its id. Throws CliError. */
export async function findNode(
  connection: Pick<GatewayConnection, "call">,
  wanted: string,
  self: string,
): Promise<NodeRow> {
  const { nodes } = await connection.call("node.list", {});
  const found = candidates(nodes, wanted.trim());
  const connected = found.filter((node) => node.connected);
  const chosen = connected.length > 0 ? connected : found;
  const [node] = chosen;
  if (node === undefined) throw new CliError("usage", `No node is called "${wanted}".`, knownNodes(nodes, self));
  if (chosen.length === 1) return node;
  throw new CliError(
    "usage",
    `"${wanted}" may be any of ${chosen.length} nodes: ${chosen.slice(0, MOST_NAMED).map(nodeTitle).join(", ")}.`,
    "Give --node more of the id.",
  );
}

export function nodeTitle({ nodeId, displayName }: NodeRow): string {
  return displayName === undefined ? nodeId : `${displayName} (${nodeId.slice(0, 12)})`;
}

/** Of the ways to name a node the first that fits any counts. */
function candidates(nodes: readonly NodeRow[], wanted: string): readonly NodeRow[] {
  const ways: readonly ((node: NodeRow) => boolean)[] = [
    ({ nodeId }) => nodeId === wanted,
    ({ displayName }) => displayName !== undefined && plain(displayName) !== "" && plain(displayName) === plain(wanted),
    ({ remoteIp }) => remoteIp === wanted,
    ({ nodeId }) => wanted.length >= SHORTEST_PREFIX && nodeId.startsWith(wanted.toLowerCase()),
  ];
  for (const fits of ways) {
    const found = nodes.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

function knownNodes(nodes: readonly NodeRow[], self: string): string {
  if (nodes.length === 0) return `No node has connected yet; see: ${self} nodes pending`;
  return `Nodes: ${nodes.slice(0, MOST_NAMED).map(nodeTitle).join(", ")}. See: ${self} nodes status`;
}

/** "Ada's iPhone" and "adas-iphone" are one name. */
function plain(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
