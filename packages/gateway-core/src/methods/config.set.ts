import { defineHandler } from "./define.ts";

export const configSet = defineHandler("config.set", async ({ raw, baseHash }, { configEditor, log }) => {
  const written = await configEditor.write({ method: "config.set", raw, baseHash });
  log.info("the configuration file was changed", { method: "config.set", changedPaths: written.changedPaths });
  return { ok: true as const, ...written };
});
