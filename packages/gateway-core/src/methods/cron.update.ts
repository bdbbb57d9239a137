import { GatewayError } from "../errors.ts";
import { readJob, readJobId, unknownJob } from "./cron-params.ts";
import { toWireJob } from "./cron-wire.ts";
import { defineHandler } from "./define.ts";

export const cronUpdate = defineHandler("cron.update", async (params, { scheduled, clock, caller }) => {
  const id = readJobId("cron.update", params);
  const patch = params.patch ?? params.job ?? params.data;
  if (!patch)
    throw new GatewayError("INVALID_REQUEST", "invalid cron.update params: must have required property 'patch'");
  const job = await scheduled.cron.update(id, ({ definition }) =>
    readJob("cron.update", patch, definition, clock.now()),
  );
  if (!job) throw unknownJob(caller.dialect, id);
  return toWireJob(job);
});
