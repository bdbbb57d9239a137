import * as z from "zod";

import { identifier, line } from "./primitives.ts";

const names = z.array(z.string());

export const skillNeeds = z
  .object({ bins: names, anyBins: names, env: names, config: names, os: names })
  .meta({ id: "SkillNeeds", description: "Programs, variables, configuration keys and systems that a skill needs." });

export const skillStatus = z
  .object({
    name: line,
    description: z.string(),
    source: line.describe("openclaw-workspace or openclaw-managed."),
    bundled: z.boolean(),
    filePath: z.string(),
    baseDir: z.string(),
    skillKey: identifier,
    emoji: line.optional(),
    homepage: line.optional(),
    primaryEnv: line.optional(),
    always: z.boolean(),
    disabled: z.boolean(),
    blockedByAllowlist: z.boolean(),
    eligible: z.boolean(),
    userInvocable: z.boolean(),
    modelVisible: z.boolean(),
    requirements: skillNeeds,
    missing: skillNeeds,
    configChecks: z.array(z.object({ path: z.string(), satisfied: z.boolean() })),
    install: z.array(z.object({ id: identifier, kind: line, label: line, bins: names })),
  })
  .meta({ id: "SkillStatus", description: "A skill with what it needs and what of that is missing." });
