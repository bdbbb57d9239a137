import type { ChatCommand, CommandInput } from "../define.ts";

const MINUTE_MS = 60_000;

export const command: ChatCommand = {
  names: ["status"],
  summary: "Shows how this conversation stands.",
  async run(input) {
    const { session, world } = input;
    const model = session.model ?? world.defaultModel(session.agentId);
    const [models, open] = [await world.models(), await world.openTurns(session.key)];
    const window = models.find(({ reference }) => reference === model)?.contextWindow;
    const defaults = world.defaults(session);
    const lines = [
      `🦞 OpenClaw ${world.version}`,
      `🧠 Model: ${model}${session.model === undefined ? "" : " (chosen here)"}`,
      `🧮 Tokens: ${session.inputTokens ?? 0} in / ${session.outputTokens ?? 0} out since the conversation began`,
      ...(window === undefined ? [] : [`📚 Context window: ${window} tokens`]),
      `🧵 Session: ${session.key} • ${agoOf(input)}`,
      `⚙️ Think: ${session.thinkingLevel ?? defaults.thinking} · Verbose: ${session.verboseLevel ?? "off"} · Reasoning: ${session.reasoningLevel ?? "off"}`,
      ...(session.chatType === "direct" ? [] : [`👥 Activation: ${session.activation ?? defaults.activation}`]),
      ...(session.sendPolicy === undefined ? [] : [`📤 Replies: ${session.sendPolicy === "deny" ? "off" : "on"}`]),
      `🪢 Queue: ${session.queue?.mode ?? defaults.queueMode} (${open} open)`,
    ];
    return { reply: lines.join("\n") };
  },
};

function agoOf({ session, world }: CommandInput): string {
  if (session.updatedAt === undefined) return "nothing said yet";
  const minutes = Math.floor((world.now() - session.updatedAt) / MINUTE_MS);
  return minutes < 1 ? "updated just now" : `updated ${minutes} min ago`;
}
