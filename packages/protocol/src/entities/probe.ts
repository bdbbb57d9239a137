import * as z from "zod";

import { eventLoopHealth } from "./health.ts";
import { milliseconds } from "./primitives.ts";

export const liveness = z
  .object({ ok: z.literal(true), status: z.literal("live") })
  .meta({ id: "Liveness", description: "The process answers. It says nothing about channels." });

export const readiness = z
  .object({
    ready: z.boolean(),
    failing: z.array(z.string()).describe("Names of the parts that do not work."),
    uptimeMs: milliseconds,
    eventLoop: eventLoopHealth.optional(),
  })
  .meta({ id: "Readiness", description: "Whether everything that is configured works." });

export const startup = z
  .object({ ok: z.boolean(), status: z.enum(["starting", "started"]), version: z.string(), uptimeMs: milliseconds })
  .meta({ id: "Startup", description: "Whether the gateway has finished starting." });

export const httpError = z
  .object({ error: z.object({ message: z.string(), type: z.string() }) })
  .meta({ id: "HttpError", description: "How HTTP requests are refused." });
