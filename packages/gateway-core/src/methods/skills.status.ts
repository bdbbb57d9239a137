import type { ResultOf } from "@openclaw/protocol";

import { agentIds, defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import type { Skill } from "../skills/skills.ts";
import { defineHandler } from "./define.ts";

export const skillsStatus = defineHandler("skills.status", async (params, { config, skills }) => {
  const agentId = params.agentId ?? defaultAgentId(config.current);
  if (!agentIds(config.current).includes(agentId)) {
    throw new GatewayError("INVALID_REQUEST", `unknown agent id "${agentId}"`);
  }
  return {
    workspaceDir: skills.workspace(agentId),
    managedSkillsDir: skills.managedDirectory,
    agentId,
    skills: (await skills.list(agentId)).map(toWire),
  };
});

function toWire(skill: Skill): ResultOf<"skills.status">["skills"][number] {
  const { file, source, key, disabled, eligible, requirements, missing } = skill;
  const { name, description, filePath, baseDir, metadata, userInvocable, modelInvocable } = file;
  const homepage = metadata.homepage ?? file.homepage;
  return {
    name,
    description,
    source,
    bundled: false,
    filePath,
    baseDir,
    skillKey: key,
    ...(metadata.emoji === undefined ? {} : { emoji: metadata.emoji }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(metadata.primaryEnv === undefined ? {} : { primaryEnv: metadata.primaryEnv }),
    always: metadata.always,
    disabled,
    blockedByAllowlist: false,
    eligible,
    userInvocable,
    modelVisible: eligible && modelInvocable,
    requirements,
    missing,
    configChecks: requirements.config.map((path) => ({ path, satisfied: !missing.config.includes(path) })),
    install: metadata.install,
  };
}
