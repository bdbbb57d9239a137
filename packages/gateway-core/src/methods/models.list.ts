import { defineHandler } from "./define.ts";

export const modelsList = defineHandler("models.list", async (_params, { agent }) => {
  const models = await agent.listModels();
  return { models: models.map((model) => ({ ...model, input: [...model.input], available: true })) };
});
