import type { ResultOf } from "@openclaw/protocol";

import { type CallContext, defineHandler } from "./define.ts";

export const modelsList = defineHandler("models.list", async (_params, context) => ({
  models: await modelRows(context),
}));

/** The models that a turn can use now. */
export async function modelRows({ agent }: Pick<CallContext, "agent">): Promise<ResultOf<"models.list">["models"]> {
  const models = await agent.listModels();
  return models.map((model) => ({ ...model, input: [...model.input], available: true }));
}
