import { writeConfig } from "./config-write.ts";
import { defineHandler } from "./define.ts";

export const configApply = defineHandler("config.apply", (params, context) =>
  writeConfig("config.apply", params, context),
);
