import { defineHandler } from "./define.ts";

export const deviceTokenRotate = defineHandler(
  "device.token.rotate",
  async ({ deviceId, role, scopes, showToken }, { devices, caller, log }) => {
    const {
      token,
      scopes: carried,
      issuedAtMs,
    } = await devices.rotate({ deviceId, role, ...(scopes === undefined ? {} : { scopes }) }, caller);
    log.info("a device's token was rotated", { deviceId, role });
    const answer = { deviceId, role, scopes: [...carried], rotatedAtMs: issuedAtMs };
    // Callers of protocol 3 expect the token, and it is of use only to whoever has the device's key as well.
    const isShown = caller.dialect === 3 || caller.deviceId === deviceId || showToken === true;
    return isShown ? { ...answer, token } : { ...answer, tokenDelivery: "withheld-cross-device" };
  },
);
