import type { ChatCommand } from "../define.ts";

export const command: ChatCommand = {
  names: ["stop"],
  category: "session",
  summary: "Ends what runs and waits in this conversation.",
  bareWords: ["stop", "abort", "esc", "wait", "exit", "interrupt"],
  async run({ session, world }) {
    const open = await world.openTurns(session.key);
    if (open === 0) return { reply: "Nothing is running here." };
    return { stop: true, reply: open === 1 ? "Stopped." : `Stopped what was running, and ${open - 1} that waited.` };
  },
};
