import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";

export const setHeartbeats = defineHandler("set-heartbeats", async ({ enabled }, { scheduled }) => {
  if (enabled === undefined)
    throw new GatewayError("INVALID_REQUEST", "invalid set-heartbeats params: enabled (boolean) required");
  await scheduled.switchHeartbeats(enabled);
  return { ok: true as const, enabled };
});
