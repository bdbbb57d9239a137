import { writeConfig } from "./config-write.ts";
import { defineHandler } from "./define.ts";

export const configPatch = defineHandler("config.patch", (params, context) =>
  writeConfig("config.patch", params, context),
);
