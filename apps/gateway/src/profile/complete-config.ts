import { copyFile, readFile, realpath, rename, writeFile } from "node:fs/promises";

import { generateToken, type LightConfig } from "@openclaw/gateway-core/config";

/**
 * Adds gateway.mode and gateway.auth.token to a configuration that lacks them, keeping the old file beside it. Only a
 * file that is plain JSON is rewritten: comments would be lost. Answers what is left for the person to do.
 */
export async function completeConfig(config: LightConfig): Promise<string[]> {
  const lacksMode = config.mode === undefined;
  const lacksSecret = config.mode !== "remote" && config.auth.secret === undefined;
  if ((!lacksMode && !lacksSecret) || config.problems.length > 0) return [...config.problems];
  const path = await realpath(config.paths.configFile);
  const tree = parsePlainJson(await readFile(path, "utf8"));
  const additions = {
    ...(lacksMode ? { mode: "local" } : {}),
    ...(lacksSecret
      ? { auth: { ...section(section(tree, "gateway"), "auth"), mode: "token", token: generateToken() } }
      : {}),
  };
  if (tree === undefined || "$include" in section(tree, "gateway")) {
    return [
      ...(lacksMode ? [`gateway.mode is not set in ${path}: add  gateway: { mode: "local" }`] : []),
      ...(lacksSecret ? [`There is no token in ${path}: add  gateway: { auth: { token: "a long random text" } }`] : []),
    ];
  }
  const completed = { ...tree, gateway: { ...section(tree, "gateway"), ...additions } };
  await copyFile(path, `${path}.bak`);
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(completed, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
  await rename(temporary, path);
  const added = [...(lacksMode ? ["gateway.mode"] : []), ...(lacksSecret ? ["gateway.auth.token"] : [])];
  return [`Added ${added.join(" and ")} to ${path}; the old file is ${path}.bak`];
}

function parsePlainJson(source: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function section(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = isRecord(value) ? value[key] : undefined;
  return isRecord(found) ? found : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
