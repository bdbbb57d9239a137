import type { PairedDevice, PendingDevice } from "@openclaw/protocol";

import { type Block, type Text, toned } from "../output.ts";
import { ago } from "./duration.ts";

/** Enough of a device's id to tell it from others. */
const SHORT_ID = 12;

export function pendingTable(pending: readonly PendingDevice[], now: number): Block {
  const rows = pending.map((request) => [
    toned("strong", request.requestId),
    nameOf(request),
    request.deviceId.slice(0, SHORT_ID),
    request.remoteIp ?? "this machine",
    request.isRepair ? "asks for more" : "new",
    ago(request.ts, now),
    wants(request.role, request.scopes),
  ]);
  const columns = ["request", "name", "device", "from", "why", "asked", "wants"];
  return { kind: "table", columns, rows, whenEmpty: "No device waits for approval." };
}

export function pairedTable(paired: readonly PairedDevice[], now: number): Block {
  const rows = paired.map((device) => [
    device.deviceId,
    nameOf(device),
    device.connected === true ? toned("good", "connected") : seen(device, now),
    device.approvedVia ?? "-",
    tokens(device),
  ]);
  const columns = ["device", "name", "seen", "approved by", "may"];
  return { kind: "table", columns, rows, whenEmpty: "No device is paired." };
}

/** For a person, what a device is. */
export function nameOf(device: Pick<PairedDevice, "displayName" | "platform" | "clientId">): string {
  const kind = [device.clientId, device.platform].filter((word) => word !== undefined).join(", ");
  return device.displayName === undefined ? kind : `${device.displayName} (${kind})`;
}

export function wants(role: string, scopes: readonly string[]): string {
  return role === "operator" ? `operator: ${scopes.join(", ") || "nothing"}` : role;
}

function seen({ lastSeenAtMs }: PairedDevice, now: number): Text {
  return lastSeenAtMs === undefined ? "-" : ago(lastSeenAtMs, now);
}

function tokens(device: PairedDevice): string {
  return device.tokens
    .map((token) => `${wants(token.role, token.scopes)}${token.revokedAtMs === undefined ? "" : " (revoked)"}`)
    .join("; ");
}
