import * as z from "zod";

import { opaque } from "../notes.ts";

const count = () => z.int().nonnegative();
const text = () => z.string().optional();

export const ttsPart = () =>
  z.strictObject({
    auto: z.enum(["off", "always", "inbound", "tagged"]).optional(),
    mode: z.enum(["final", "all"]).optional(),
    provider: z.enum(["elevenlabs", "openai", "edge"]).optional(),
    summaryModel: text(),
    maxTextLength: count().optional(),
    timeoutMs: count().optional(),
    prefsPath: text(),
    modelOverrides: opaque().optional(),
    elevenlabs: opaque().optional(),
    openai: opaque().optional(),
    edge: opaque().optional(),
  });

export const broadcastPart = () =>
  z.object({ strategy: z.enum(["parallel", "sequential"]).optional() }).catchall(z.array(z.string()));
