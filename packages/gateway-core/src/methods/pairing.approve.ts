import { GatewayError } from "../errors.ts";
import type { PairingRequest } from "../policy/pairing.ts";
import { defineHandler } from "./define.ts";

export const pairingApprove = defineHandler("pairing.approve", async ({ channel, code }, { pairing, store, log }) => {
  const request = await store.transaction((sql) => pairing.approve(sql, channel, code));
  if (!request) {
    throw new GatewayError(
      "INVALID_REQUEST",
      `No open pairing request of ${channel} has the code "${code}"; codes are good for one hour (openclaw pairing list ${channel}).`,
    );
  }
  log.info("sender paired", { channel, account: request.accountId, sender: request.senderId });
  return { request: pairingRequestToWire(request) };
});

/** A pairing request in the form of the wire. */
export function pairingRequestToWire({ senderName, chatId: _chatId, ...request }: PairingRequest) {
  return { ...request, ...(senderName === undefined ? {} : { displayName: senderName }) };
}
