import { callingDevice } from "./calling-device.ts";
import { defineHandler } from "./define.ts";

export const deviceScopesRequestUpgrade = defineHandler(
  "device.scopes.requestUpgrade",
  async ({ scopes }, { devices, caller }) => ({
    requestId: await devices.requestUpgrade(callingDevice(caller), caller.remoteAddress, scopes),
  }),
);
