import type { LiveNode } from "./live/live-nodes.ts";
import type { KnownNode } from "./node-table.ts";
import type { NodeRequest } from "./approval/request-table.ts";
import { NOTHING, type NodeDescription, type NodeSurface } from "./surface.ts";

/** A node as clients see it: what may be used of it, and what waits for approval. */
export interface NodeView extends NodeDescription {
  readonly nodeId: string;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  readonly permissions?: Readonly<Record<string, boolean>>;
  readonly sessionHost: false;
  readonly nodePluginTools?: readonly unknown[];
  readonly pathEnv?: string;
  readonly approvalState: "approved" | "pending-approval";
  readonly pendingRequestId?: string;
  readonly pendingDeclaredCaps?: readonly string[];
  readonly pendingDeclaredCommands?: readonly string[];
  readonly pendingDeclaredPermissions?: Readonly<Record<string, boolean>>;
  readonly connectedAtMs?: number;
  readonly lastConnectedAtMs?: number;
  readonly lastSeenAtMs?: number;
  readonly lastSeenReason?: string;
  readonly approvedAtMs?: number;
  readonly paired: boolean;
  readonly connected: boolean;
}

export interface NodeSources {
  readonly nodeId: string;
  readonly live: LiveNode | undefined;
  readonly known: KnownNode | undefined;
  readonly request: NodeRequest | undefined;
  /** What of a surface the configuration lets a node of that description be asked. */
  readonly usable: (surface: NodeSurface, description: NodeDescription) => NodeSurface;
}

export function nodeView({ nodeId, live, known, request, usable }: NodeSources): NodeView {
  const description = live?.facts.description ?? known?.description ?? {};
  const approved = live ? live.approved : known?.surface;
  const surface = usable(approved ?? NOTHING, description);
  return {
    nodeId,
    ...description,
    ...(known?.name === undefined ? {} : { displayName: known.name }),
    caps: surface.caps.toSorted(),
    commands: surface.commands.toSorted(),
    ...(approved ? { permissions: surface.permissions } : {}),
    sessionHost: false,
    ...(live ? { nodePluginTools: live.pluginTools } : {}),
    ...(live?.facts.pathEnv === undefined ? {} : { pathEnv: live.facts.pathEnv }),
    ...pendingPart(approved !== undefined, live ? live.facts.dialect === 4 && request : request),
    ...times(live, known),
    paired: known !== undefined,
    connected: live !== undefined,
  };
}

function pendingPart(isApproved: boolean, request: NodeRequest | false | undefined) {
  if (!request || request.kind === "token") {
    return { approvalState: isApproved ? ("approved" as const) : ("pending-approval" as const) };
  }
  const { requestId, surface } = request;
  return {
    approvalState: "pending-approval" as const,
    pendingRequestId: requestId,
    pendingDeclaredCaps: surface.caps.toSorted(),
    pendingDeclaredCommands: surface.commands.toSorted(),
    pendingDeclaredPermissions: surface.permissions,
  };
}

function times(live: LiveNode | undefined, known: KnownNode | undefined) {
  const connectedAtMs = live?.facts.connectedAt;
  return {
    ...(connectedAtMs === undefined ? {} : { connectedAtMs, lastConnectedAtMs: connectedAtMs }),
    ...(known?.lastSeenAt === undefined ? {} : { lastSeenAtMs: known.lastSeenAt }),
    ...(known?.lastSeenReason === undefined ? {} : { lastSeenReason: known.lastSeenReason }),
    ...(known?.approvedAt === undefined ? {} : { approvedAtMs: known.approvedAt }),
  };
}
