import { GatewayError } from "../errors.ts";

/** Older clients look for the first words of this message. Source: wire facts 12.14. */
export function noWebLogin(): GatewayError {
  return new GatewayError(
    "NOT_LINKED",
    "web login provider is not available: no channel of this gateway is linked by QR code; openclaw channels status lists those it has",
  );
}
