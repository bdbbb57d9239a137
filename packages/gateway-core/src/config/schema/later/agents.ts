import * as z from "zod";

import { opaque } from "../notes.ts";

const count = () => z.int().nonnegative();

export const modelChoicePart = () =>
  z.union([z.string(), z.strictObject({ primary: z.string().optional(), fallbacks: z.array(z.string()).optional() })]);

export const humanDelayPart = () =>
  z.strictObject({
    mode: z.enum(["off", "natural", "custom"]).optional(),
    minMs: count().optional(),
    maxMs: count().optional(),
  });

export const blockChunkPart = () =>
  z.strictObject({
    minChars: count().optional(),
    maxChars: count().optional(),
    breakPreference: z.enum(["paragraph", "newline", "sentence"]).optional(),
  });

export const blockCoalescePart = () =>
  z.strictObject({ minChars: count().optional(), maxChars: count().optional(), idleMs: count().optional() });

export const sandboxPart = () =>
  z.strictObject({
    mode: z.enum(["off", "non-main", "all"]).optional(),
    scope: z.enum(["session", "agent", "shared"]).optional(),
    workspaceAccess: z.enum(["none", "ro", "rw"]).optional(),
    workspaceRoot: z.string().optional(),
    sessionToolsVisibility: z.enum(["spawned", "all"]).optional(),
    docker: opaque().optional(),
    browser: opaque().optional(),
    prune: z.strictObject({ idleHours: count().optional(), maxAgeDays: count().optional() }).optional(),
    tools: opaque().optional(),
  });

/** The documentation does not name all of its keys. */
export const memorySearchPart = () =>
  z.looseObject({ enabled: z.boolean().optional(), provider: z.string().optional() });
export const cliBackendsPart = () => z.record(z.string(), z.looseObject({ command: z.string().optional() }));
