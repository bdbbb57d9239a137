import { defineHandler } from "./define.ts";

/** Clients of both generations get the same; wire facts 17.1 tells what theirs answered. */
export const configGet = defineHandler("config.get", async (_params, { configEditor }) => {
  const { raw, parsed, config, inUse, issues, warnings, includedPaths, hash, appliedHash, ...rest } =
    await configEditor.view();
  return {
    ...rest,
    raw,
    parsed,
    sourceConfig: parsed,
    config,
    resolved: config,
    runtimeConfig: inUse,
    ...(hash === undefined ? {} : { hash, configRevisionHash: hash }),
    ...(appliedHash === undefined ? {} : { appliedConfigHash: appliedHash }),
    issues: issues.map(({ path, message }) => ({ path, message })),
    warnings: warnings.map((message) => ({ path: "", message })),
    legacyIssues: [],
    includedPaths: [...includedPaths],
  };
});
