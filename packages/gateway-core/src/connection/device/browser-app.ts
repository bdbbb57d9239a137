import type { ConnectParams, Dialect, ErrorShape } from "@openclaw/protocol";

/**
 * What the browser app has to show besides the gateway's secret.
 * - `device`: a key of its own, as any page on https:// or on localhost can make one.
 * - `key-where-possible`: a page that has none is let in with the secret alone.
 * - `secret-alone`: neither is a key looked for, nor has anybody to approve one.
 */
export type BrowserAppProof = "device" | "key-where-possible" | "secret-alone";

export function isBrowserApp({ client }: ConnectParams): boolean {
  return client.id === "openclaw-control-ui";
}

/** Source: wire facts 5.16. */
export function browserDeviceError(dialect: Dialect): ErrorShape {
  if (dialect === 3) {
    return { code: "INVALID_REQUEST", message: "control ui requires HTTPS or localhost (secure context)" };
  }
  return {
    code: "INVALID_REQUEST",
    message: "control ui requires device identity (use HTTPS or localhost secure context)",
    details: { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" },
  };
}
