import { defineHandler } from "./define.ts";

export const devicePairRename = defineHandler("device.pair.rename", async ({ deviceId, label }, { devices }) => {
  await devices.rename(deviceId, label);
  return { deviceId, label };
});
