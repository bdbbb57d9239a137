import { defineHandler } from "./define.ts";

export const devicePairRemove = defineHandler(
  "device.pair.remove",
  async ({ deviceId }, { devices, nodes, caller, log }) => {
    await devices.remove(deviceId, caller);
    // What it offered as a node has to be approved again, should it come back.
    await nodes.remove(deviceId);
    log.info("a device was removed", { deviceId });
    return { deviceId };
  },
);
