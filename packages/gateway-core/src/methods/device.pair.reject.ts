import { defineHandler } from "./define.ts";

export const devicePairReject = defineHandler("device.pair.reject", async ({ requestId }, { devices }) => ({
  requestId,
  deviceId: await devices.reject(requestId),
}));
