import type { ResultOf } from "@openclaw/protocol";

import { defineHandler } from "./define.ts";

export const commandsList = defineHandler("commands.list", async () => ({ commands: await chatCommandRows() }));

export async function chatCommandRows(): Promise<ResultOf<"commands.list">["commands"]> {
  const { CHAT_COMMANDS } = await import("../commands/table.gen.ts");
  return CHAT_COMMANDS.map(({ names, category, summary, usage }) => ({
    name: names[0],
    nativeName: names[0],
    textAliases: names.map((name) => `/${name}`),
    description: summary,
    category,
    source: "native",
    scope: "both",
    acceptsArgs: usage !== undefined,
  }));
}
