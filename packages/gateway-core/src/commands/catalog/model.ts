import type { ChatCommand, CommandInput, ModelChoice } from "../define.ts";
import { shorten } from "../levels.ts";
import { exactModel, likelyModel } from "../model-choice.ts";

const MAX_SHOWN = 40;

export const command: ChatCommand = {
  names: ["model", "models"],
  category: "options",
  summary: "Shows which models there are, or chooses one for this conversation.",
  usage: "[list|status|<number>|<alias>|<provider/model>|default]",
  async run(input) {
    const { text, session, world } = input;
    const models = await world.models();
    const wanted = text.toLowerCase();
    if (wanted === "" || wanted === "list") return { reply: listOf(models, input) };
    if (wanted === "status") return { reply: `Model: ${currentOf(input)}` };
    if (wanted === "default") {
      return {
        reply: `This conversation uses the default model again: ${world.defaultModel(session.agentId)}.`,
        change: { model: null },
      };
    }
    const model = likelyModel(text, models);
    if (!model)
      return { reply: `"${shorten(text)}" is no model here, or more than one. /models lists those there are.` };
    const isDefault = model.reference === world.defaultModel(session.agentId);
    return {
      reply: `This conversation now uses ${model.reference}.`,
      change: { model: isDefault ? null : model.reference },
    };
  },
  inline(word, models) {
    const model = exactModel(word, models);
    return model && { model: model.reference };
  },
};

function listOf(models: readonly ModelChoice[], input: CommandInput): string {
  const rows = models
    .slice(0, MAX_SHOWN)
    .map(({ reference, alias }, index) => `${index + 1}. ${reference}${alias === undefined ? "" : ` (${alias})`}`);
  const more = models.length > MAX_SHOWN ? [`… and ${models.length - MAX_SHOWN} more`] : [];
  return [`Model: ${currentOf(input)}`, ...rows, ...more, "Choose with /model <number> or /model <name>."].join("\n");
}

function currentOf({ session, world }: CommandInput): string {
  return session.model ?? `${world.defaultModel(session.agentId)} (default)`;
}
