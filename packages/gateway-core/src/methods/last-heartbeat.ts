import { defineHandler } from "./define.ts";

export const lastHeartbeat = defineHandler("last-heartbeat", (_params, { scheduled }) =>
  scheduled.heartbeats.state.last(),
);
