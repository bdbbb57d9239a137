import { pendingDevice } from "../entities/device.ts";
import { defineEvent } from "../define.ts";

/** Source: wire facts 9.7. */
export const devicePairRequestedEvent = defineEvent({
  name: "device.pair.requested",
  summary: "A device waits for approval.",
  scope: "operator.pairing",
  roles: ["operator"],
  droppable: false,
  payload: pendingDevice,
  example: {
    requestId: "ea647fba-039b-4f16-8221-1c403c3b353a",
    deviceId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889",
    publicKey: "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw",
    displayName: "Ada's phone",
    platform: "ios",
    deviceFamily: "iPhone",
    clientId: "openclaw-ios",
    clientMode: "ui",
    role: "operator",
    roles: ["operator"],
    scopes: ["operator.read", "operator.write"],
    remoteIp: "198.51.100.7",
    silent: false,
    isRepair: false,
    ts: 1795394130174,
  },
});
