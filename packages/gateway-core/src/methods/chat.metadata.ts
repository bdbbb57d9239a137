import { chatCommandRows } from "./commands.list.ts";
import { defineHandler } from "./define.ts";
import { modelRows } from "./models.list.ts";

export const chatMetadata = defineHandler("chat.metadata", async (_params, context) => ({
  models: await modelRows(context),
  commands: await chatCommandRows(),
  swarmEnabled: false,
  runtimeSelectionLocked: true,
}));
