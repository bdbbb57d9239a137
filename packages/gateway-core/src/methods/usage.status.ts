import { defineHandler } from "./define.ts";

export const usageStatus = defineHandler("usage.status", (_params, { clock }) => ({
  updatedAt: clock.now(),
  providers: [],
}));
