import { defineHandler } from "./define.ts";
import { pairingRequestToWire } from "./pairing.approve.ts";

export const pairingList = defineHandler("pairing.list", async ({ channel, accountId }, { pairing }) => {
  const requests = await pairing.list({
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
  });
  return { requests: requests.map(pairingRequestToWire) };
});
