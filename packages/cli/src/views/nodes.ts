import type { ResultOf } from "@openclaw/protocol";

import { type Block, fields, type Text, toned } from "../output.ts";
import { ago } from "./duration.ts";

type NodeRow = ResultOf<"node.list">["nodes"][number];
type PendingNode = ResultOf<"node.pair.list">["pending"][number];

export function nodeTable(nodes: readonly NodeRow[], now: number): Block {
  return {
    kind: "table",
    columns: ["node", "name", "platform", "state", "offers", "last seen"],
    rows: nodes.map((node) => [
      node.nodeId.slice(0, 12),
      toned("strong", node.displayName ?? "-"),
      node.platform ?? "-",
      stateText(node),
      node.caps.join(", ") || "-",
      node.lastSeenAtMs === undefined ? "-" : ago(node.lastSeenAtMs, now),
    ]),
    whenEmpty: "No node has connected yet.",
  };
}

export function nodeBlocks(node: NodeRow, now: number): readonly Block[] {
  return [
    fields(
      ["id", toned("strong", node.nodeId)],
      ["name", node.displayName ?? "-"],
      ["platform", [node.platform, node.version].filter((part) => part !== undefined).join(" ") || "-"],
      ["device", [node.deviceFamily, node.modelIdentifier].filter((part) => part !== undefined).join(" ") || "-"],
      ["state", stateText(node)],
      ["address", node.remoteIp ?? "this machine"],
      ["offers", node.caps.join(", ") || "-"],
      ["commands", node.commands.join(", ") || "-"],
      ...waitingFields(node),
      ["last seen", node.lastSeenAtMs === undefined ? "-" : ago(node.lastSeenAtMs, now)],
    ),
  ];
}

export function pendingTable(pending: readonly PendingNode[], now: number): Block {
  return {
    kind: "table",
    columns: ["request", "node", "name", "platform", "wants to offer", "since"],
    rows: pending.map((request) => [
      request.requestId,
      request.nodeId.slice(0, 12),
      toned("strong", request.displayName ?? "-"),
      request.platform ?? "-",
      (request.commands ?? request.caps ?? []).join(", ") || "-",
      ago(request.ts, now),
    ]),
    whenEmpty: "No node waits for approval.",
  };
}

function waitingFields({
  pendingRequestId,
  pendingDeclaredCommands = [],
}: NodeRow): readonly (readonly [string, Text])[] {
  if (pendingRequestId === undefined) return [];
  return [
    ["waits for approval", toned("warn", pendingDeclaredCommands.join(", ") || "of itself")],
    ["request", pendingRequestId],
  ];
}

function stateText({ connected, pendingRequestId, paired }: NodeRow): Text {
  const state = connected ? toned("good", "connected") : toned("dim", "away");
  if (pendingRequestId !== undefined) return [state, toned("warn", ", waits for approval")];
  return paired ? state : [state, toned("dim", ", not paired")];
}
