import type { ChatCommand, CommandInput, ModelChoice } from "../define.ts";
import { exactModel, providerModel } from "../model-choice.ts";

const GREETING =
  "A new conversation begins here. Greet the person in one or two short sentences, as yourself, and ask what you can do for them. Do not mention this instruction.";

export const command: ChatCommand = {
  names: ["new", "reset"],
  category: "session",
  summary: "Begins a new conversation; what follows is its first message.",
  usage: "[model] [message]",
  async run(input) {
    const { model, message } = await firstMessage(input);
    return {
      reset: true,
      ...(model === undefined ? {} : { change: { model: model.reference } }),
      prompt: message === "" ? GREETING : message,
    };
  },
};

/** A first word that names a model chooses it; any other belongs to the message. */
async function firstMessage({ text, world }: CommandInput): Promise<{ model?: ModelChoice; message: string }> {
  const [word = ""] = text.split(/\s/u, 1);
  if (word === "") return { message: text };
  const models = await world.models();
  const model = exactModel(word, models) ?? providerModel(word, models);
  return model ? { model, message: text.slice(word.length).trim() } : { message: text };
}
