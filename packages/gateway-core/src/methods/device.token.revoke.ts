import { defineHandler } from "./define.ts";

export const deviceTokenRevoke = defineHandler(
  "device.token.revoke",
  async ({ deviceId, role }, { devices, caller, log }) => {
    const revokedAtMs = await devices.revoke(deviceId, role, caller);
    log.info("a device's token was revoked", { deviceId, role });
    return { deviceId, role, revokedAtMs };
  },
);
