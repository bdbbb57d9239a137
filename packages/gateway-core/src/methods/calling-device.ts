import { GatewayError } from "../errors.ts";
import type { Caller } from "./define.ts";

/** The device that calls. Throws INVALID_REQUEST for a connection without one. */
export function callingDevice({ deviceId }: Caller): string {
  if (deviceId !== undefined) return deviceId;
  throw new GatewayError(
    "INVALID_REQUEST",
    "this connection has no device identity; connect with one, or ask for the scopes when connecting",
  );
}
