import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["commands"],
  category: "status",
  summary: "Lists every command.",
  answersInside: true,
  run: ({ world }) => ({ reply: world.commands().map(describe).join("\n") }),
};

function describe({ names, usage, summary, ownerOnly }: ChatCommand): string {
  const call = names.map((name) => `/${name}`).join(", ");
  return `${call}${usage === undefined ? "" : ` ${usage}`}: ${summary}${ownerOnly ? " (owner)" : ""}`;
}
