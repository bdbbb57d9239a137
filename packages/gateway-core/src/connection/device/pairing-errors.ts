import type { ConnectParams, Dialect, ErrorShape } from "@openclaw/protocol";

import { authError } from "../dialect.ts";
import type { PairingNeeded } from "./device-gate.ts";

const PAIRING_TEXTS: Record<PairingNeeded["reason"], { readonly message: string; readonly hint: string }> = {
  "not-paired": {
    message: "device is not approved yet",
    hint: "Approve this device from the pending pairing requests.",
  },
  "scope-upgrade": {
    message: "device is asking for more scopes than currently approved",
    hint: "Review the requested scopes, then approve the pending upgrade.",
  },
  "role-upgrade": {
    message: "device is asking for a higher role than currently approved",
    hint: "Review the requested role upgrade, then approve the pending request.",
  },
  "metadata-upgrade": {
    message: "device identity changed and must be re-approved",
    hint: "Review the refreshed device details, then approve the pending request.",
  },
};

export interface PairingRefusal {
  readonly error: ErrorShape;
  readonly closeReason: string;
}

/** Somebody has to approve the device, or what it asks for. Source: wire facts 9.5 and 9.6. */
export function pairingRefusal(dialect: Dialect, needed: PairingNeeded): PairingRefusal {
  const { reason, requestId, deviceId, role, scopes, approved } = needed;
  if (dialect === 3) {
    const message = "pairing required";
    return { error: { code: "NOT_PAIRED", message, details: { requestId } }, closeReason: message };
  }
  const text = PAIRING_TEXTS[reason];
  const message = `pairing required: ${text.message}`;
  const details = {
    code: "PAIRING_REQUIRED",
    reason,
    requestId,
    remediationHint: `${text.hint} On the gateway: openclaw devices approve ${requestId}`,
    deviceId,
    requestedRole: role,
    ...(role === "operator" ? { requestedScopes: scopes } : {}),
    ...(approved ? { approvedRoles: approved.roles, approvedScopes: approved.scopes } : {}),
  };
  return { error: { code: "NOT_PAIRED", message, details }, closeReason: `${message} (requestId: ${requestId})` };
}

/** A device token was right, and more was asked for than it carries. Source: wire facts 5.15. */
export function scopeMismatchError(dialect: Dialect, params: ConnectParams): ErrorShape {
  if (dialect === 3) return authError(dialect, { reason: "mismatch", mode: "token" }, params);
  return {
    code: "INVALID_REQUEST",
    message: "unauthorized: device token scope mismatch (re-pair or approve scope upgrade)",
    details: {
      code: "AUTH_SCOPE_MISMATCH",
      authReason: "scope_mismatch",
      canRetryWithDeviceToken: false,
      recommendedNextStep: "review_auth_configuration",
    },
  };
}
