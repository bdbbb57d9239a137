import { defineHandler } from "./define.ts";

export const configSchema = defineHandler("config.schema", (_params, { configEditor }) => configEditor.schema());
