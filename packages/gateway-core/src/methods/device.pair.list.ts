import { defineHandler } from "./define.ts";

export const devicePairList = defineHandler("device.pair.list", async (_params, { devices }) => ({
  pending: await devices.pending(),
  paired: await devices.list(),
}));
