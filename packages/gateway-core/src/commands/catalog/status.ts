import type { ChatCommand, CommandInput, Spending } from "../define.ts";
import { dollars } from "../spending.ts";

const MINUTE_MS = 60_000;

export const command: ChatCommand = {
  names: ["status"],
  category: "status",
  summary: "Shows how this conversation stands.",
  answersInside: true,
  async run(input) {
    const { session, world } = input;
    const model = session.model ?? world.defaultModel(session.agentId);
    const [models, open] = [await world.models(), await world.openTurns(session.key)];
    const { session: spent } = await world.spending(session.key);
    const compactions = session.sessionId === undefined ? 0 : await world.compactions(session.sessionId);
    const window = models.find(({ reference }) => reference === model)?.contextWindow;
    const defaults = world.defaults(session);
    const lines = [
      `🦞 OpenClaw ${world.version}`,
      `🧠 Model: ${model}${session.model === undefined ? "" : " (chosen here)"}`,
      `🧮 Tokens: ${session.inputTokens ?? 0} in / ${session.outputTokens ?? 0} out since the conversation began`,
      ...costLines(spent),
      ...(window === undefined ? [] : [`📚 Context window: ${window} tokens`]),
      ...(compactions === 0 ? [] : [`🧹 Summarised: ${compactions} times`]),
      `🧵 Session: ${session.key} • ${agoOf(input)}`,
      `⚙️ Think: ${session.thinkingLevel ?? defaults.thinking} · Verbose: ${session.verboseLevel ?? "off"} · Reasoning: ${session.reasoningLevel ?? "off"}`,
      ...(session.chatType === "direct" ? [] : [`👥 Activation: ${session.activation ?? defaults.activation}`]),
      ...(session.sendPolicy === undefined ? [] : [`📤 Replies: ${session.sendPolicy === "deny" ? "off" : "on"}`]),
      `🪢 Queue: ${session.queue?.mode ?? defaults.queueMode} (${open} open)`,
    ];
    return { reply: lines.join("\n") };
  },
};

/** Nothing is said of what nobody gave a price for. */
function costLines({ cost, unpriced }: Spending): string[] {
  if (cost === 0) return [];
  return [`💵 Cost: ${dollars(cost)} in 30 days${unpriced === 0 ? "" : `, ${unpriced} turns without a price`}`];
}

function agoOf({ session, world }: CommandInput): string {
  if (session.updatedAt === undefined) return "nothing said yet";
  const minutes = Math.floor((world.now() - session.updatedAt) / MINUTE_MS);
  return minutes < 1 ? "updated just now" : `updated ${minutes} min ago`;
}
