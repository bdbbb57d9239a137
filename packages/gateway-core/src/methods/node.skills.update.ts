import { defineHandler } from "./define.ts";
import { assertSmall, callingNode } from "./node-wire.ts";

export const nodeSkillsUpdate = defineHandler("node.skills.update", async ({ skills }, context) => {
  const node = await callingNode(context);
  assertSmall("skills", skills);
  node.skills = skills;
  return { nodeId: node.facts.nodeId, skills };
});
