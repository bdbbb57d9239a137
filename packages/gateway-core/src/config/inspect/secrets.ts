import type { Environment } from "../env.ts";
import { configSchema, type GatewayConfig } from "../schema.ts";
import { isPlainObject, joinPath, type KeyPath } from "../source/tree.ts";
import { findSecretPaths, findSecrets } from "./walk.ts";

const SECRET_KEY = /token|secret|password|passwd|api_?key|credential|private_?key|authorization|cookie/i;
/** Names of this form hold places and switches, not credentials. */
const NOT_SECRET = /file|path|tokens|mode|url|dir$/i;
const SHORTEST = 4;
const MOST = 1000;

/** Every credential that a configuration or the environment holds, for masking. Bounded. */
export function collectSecrets(config: GatewayConfig, environment: Environment): readonly string[] {
  const found = new Set(findSecrets(configSchema, config));
  addByName(config, "", found);
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && looksSecret(name)) found.add(value);
  }
  return [...found].filter((secret) => secret.length >= SHORTEST).slice(0, MOST);
}

/** What stands below one of these is taken for a credential, whatever its key: variables, and headers of requests. */
const SECRET_PARENTS: ReadonlySet<string> = new Set(["env", "vars", "headers"]);

/** The paths of every text that is a credential, by the schema or by its key. */
export function secretPaths(value: unknown): ReadonlySet<string> {
  const found = new Set(findSecretPaths(configSchema, value));
  const visit = (item: unknown, path: KeyPath): void => {
    if (typeof item === "string") {
      const key = path.findLast((part) => typeof part === "string") ?? "";
      if (looksSecret(key) || path.slice(0, -1).some((part) => SECRET_PARENTS.has(String(part)))) {
        found.add(joinPath(path));
      }
    } else if (Array.isArray(item)) for (const [index, entry] of item.entries()) visit(entry, [...path, index]);
    else if (isPlainObject(item)) for (const [key, entry] of Object.entries(item)) visit(entry, [...path, key]);
  };
  visit(value, []);
  return found;
}

/** Parts that the schema does not describe are gone through by the names of their keys. */
function addByName(value: unknown, key: string, found: Set<string>): void {
  if (typeof value === "string") {
    if (looksSecret(key)) found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) addByName(item, key, found);
  } else if (isPlainObject(value)) {
    for (const [name, item] of Object.entries(value)) addByName(item, name, found);
  }
}

/** True for the name of a key or a variable that holds a credential. */
export function looksSecret(name: string): boolean {
  return SECRET_KEY.test(name) && !NOT_SECRET.test(name);
}
