import { defineHandler } from "./define.ts";

export const devicePairApprove = defineHandler("device.pair.approve", async ({ requestId }, { devices, caller }) => ({
  requestId,
  device: await devices.approve(requestId, caller),
}));
