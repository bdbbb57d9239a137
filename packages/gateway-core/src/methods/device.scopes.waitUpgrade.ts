import { callingDevice } from "./calling-device.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

export const deviceScopesWaitUpgrade = defineHandler(
  "device.scopes.waitUpgrade",
  async ({ requestId, timeoutMs = DEFAULT_TIMEOUT_MS }, { devices, caller, signal }) => ({
    requestId,
    status: await devices.waitUpgrade(requestId, callingDevice(caller), { timeoutMs, signal }),
  }),
);
