import type { ResultOf, ToolContext } from "@openclaw/gateway-core/ports";

export type NodeRow = ResultOf<"node.list">["nodes"][number];

const SHORTEST_PREFIX = 6;

/** Why no node could be chosen, in words for the model. */
export class NoSuchNode extends Error {
  override readonly name = "NoSuchNode";
}

/** The connected node that is meant; without a word for it the only one there is. Throws NoSuchNode. */
export async function findNode(context: ToolContext, wanted: string | undefined): Promise<NodeRow> {
  const { nodes } = await context.call("node.list", {});
  const connected = nodes.filter((node) => node.connected);
  if (connected.length === 0) throw new NoSuchNode("No node is connected to this gateway.");
  const found = wanted === undefined ? connected : connected.filter((node) => isMeant(node, wanted.trim()));
  const exact = found.find(({ nodeId }) => nodeId === wanted);
  const [first] = found;
  if (exact !== undefined) return exact;
  if (first !== undefined && found.length === 1) return first;
  const names = connected.map(({ nodeId, displayName = nodeId }) => `${displayName} (${nodeId.slice(0, 12)})`);
  const what = wanted === undefined ? 'Say which node with "node"' : `"${wanted}" is not one connected node`;
  throw new NoSuchNode(`${what}. Connected: ${names.join(", ")}.`);
}

function isMeant({ nodeId, displayName = "", remoteIp }: NodeRow, wanted: string): boolean {
  if (nodeId === wanted || remoteIp === wanted) return true;
  if (displayName.trim().toLowerCase() === wanted.toLowerCase()) return true;
  return wanted.length >= SHORTEST_PREFIX && nodeId.startsWith(wanted.toLowerCase());
}
