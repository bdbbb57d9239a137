import { GatewayError } from "../errors.ts";
import { readJob } from "./cron-params.ts";
import { toWireJob } from "./cron-wire.ts";
import { defineHandler } from "./define.ts";

export const cronAdd = defineHandler("cron.add", async ({ job, data, ...fields }, { scheduled, clock }) => {
  const { enabled = true, definition } = readJob("cron.add", { ...fields, ...data, ...job }, undefined, clock.now());
  try {
    return toWireJob(await scheduled.cron.add(definition, enabled));
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== "INVALID_REQUEST") throw error;
    throw new GatewayError("INVALID_REQUEST", `invalid cron.add params: ${error.message}`, { cause: error });
  }
});
