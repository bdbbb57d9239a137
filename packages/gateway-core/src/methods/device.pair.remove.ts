import { defineHandler } from "./define.ts";

export const devicePairRemove = defineHandler("device.pair.remove", async ({ deviceId }, { devices, caller, log }) => {
  await devices.remove(deviceId, caller);
  log.info("a device was removed", { deviceId });
  return { deviceId };
});
