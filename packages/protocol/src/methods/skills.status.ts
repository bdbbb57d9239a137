import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { skillStatus } from "../entities/skill.ts";
import { defineMethod } from "../define.ts";

export const skillsStatus = defineMethod({
  name: "skills.status",
  summary: "The skills in an agent's workspace and in the state directory, with what each needs. Reads only.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ agentId: identifier.optional() }),
  result: z.object({
    workspaceDir: z.string(),
    managedSkillsDir: z.string(),
    agentId: identifier,
    skills: z.array(skillStatus),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      workspaceDir: "/home/me/.openclaw/workspace",
      managedSkillsDir: "/home/me/.openclaw/skills",
      agentId: "main",
      skills: [
        {
          name: "weather",
          description: "Tells the weather of a place.",
          source: "openclaw-workspace",
          bundled: false,
          filePath: "/home/me/.openclaw/workspace/skills/weather/SKILL.md",
          baseDir: "/home/me/.openclaw/workspace/skills/weather",
          skillKey: "weather",
          always: false,
          disabled: false,
          blockedByAllowlist: false,
          eligible: false,
          userInvocable: true,
          modelVisible: false,
          requirements: { bins: ["curl"], anyBins: [], env: [], config: [], os: [] },
          missing: { bins: ["curl"], anyBins: [], env: [], config: [], os: [] },
          configChecks: [],
          install: [{ id: "brew", kind: "brew", label: "Install curl (brew)", bins: ["curl"] }],
        },
      ],
    },
  },
});
