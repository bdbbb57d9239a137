import { join } from "node:path";

import { type Environment, layerEnvironment } from "../env.ts";
import { ConfigError, type ConfigIssue } from "../errors.ts";
import { type ChannelSchemas, type CheckedConfig, checkConfigTree, readConfigTree } from "../load.ts";
import { resolvePaths, type Selection } from "../paths.ts";
import { writeFileAtomically } from "../source/atomic-file.ts";
import { readDotenv } from "../source/dotenv.ts";
import { resolveIncludes } from "../source/include.ts";
import { loadJson5, parseJson5, readBoundedFile, SourceFileError } from "../source/json5-file.ts";
import { isPlainObject, joinPath, type KeyPath, setOwn } from "../source/tree.ts";
import { throughLinks } from "./linked-file.ts";
import { Redaction } from "./redaction.ts";
import { editSource, editsBetween } from "./source-edit.ts";

export interface LocalConfigOptions {
  readonly environment: Environment;
  readonly homeDirectory: string;
  readonly selection?: Selection;
  readonly channelSchemas?: ChannelSchemas;
  /** Written down as who changed the file. */
  readonly version: string;
}

/** A configuration file on this machine, for those who may read and write it themselves. */
export interface LocalConfig {
  readonly path: string;
  readonly exists: boolean;
  /** What is wrong with it; empty when a gateway would start on it. */
  readonly issues: readonly ConfigIssue[];
  /**
   * What the file says at a path, or the default; undefined when it is neither. An object or a list comes without
   * credentials; one that is asked for by its own path is told. Throws ConfigError for a path that makes no sense.
   */
  get(path: string): { readonly value: unknown; readonly source: "file" | "default" } | undefined;
  /** Sets one value. Throws ConfigError, and changes nothing, when the configuration would not be valid. */
  set(path: string, value: unknown): Promise<void>;
  /** Removes one key or entry. Answers false when the file does not have it. Throws ConfigError as `set` does. */
  unset(path: string): Promise<boolean>;
}

/** Opens the configuration file of a profile. Throws ConfigError for a selection or a file that can not be used at all. */
export async function openLocalConfig(options: LocalConfigOptions): Promise<LocalConfig> {
  const { homeDirectory, selection = {}, channelSchemas = {}, version } = options;
  const paths = resolvePaths(options.environment, homeDirectory, selection);
  const file = paths.configFile;
  const environment = layerEnvironment(
    options.environment,
    await readDotenv(join(process.cwd(), ".env"), () => {}),
    await readDotenv(paths.envFile, () => {}),
  );
  const raw = await readBoundedFile(file).catch((error: unknown) => {
    if (error instanceof SourceFileError) throw new ConfigError(file, [{ file, path: "", message: error.message }]);
    throw error;
  });
  const tree = await readConfigTree(file);
  const parsed = raw === undefined ? {} : await parseJson5(raw).catch(() => undefined);
  const check = (value: unknown, origins: ReadonlyMap<string, string> = new Map()): CheckedConfig =>
    checkConfigTree({ file, tree: { value, origins }, environment, channelSchemas });
  const checked = tree.issues.length > 0 ? undefined : check(tree.value, tree.origins);
  const issues = checked ? checked.issues : tree.issues;

  const write = async (after: unknown): Promise<void> => {
    const included = await resolveIncludes(after, file);
    const problems = included.issues.length > 0 ? included.issues : check(included.value, included.origins).issues;
    if (problems.length > 0) {
      throw new ConfigError(file, problems, {
        subject: "With this change, the configuration",
        remedy: "Nothing was changed. docs/config.md lists every key and what it takes.",
      });
    }
    const meta = { lastTouchedVersion: version, lastTouchedAt: new Date().toISOString() };
    const edits = [...editsBetween(parsed, after), { path: ["meta"], value: meta }];
    await writeFileAtomically(await throughLinks(file), editSource(raw ?? "{}\n", edits, await loadJson5()));
  };
  const writable = (): unknown => {
    if (isPlainObject(parsed)) return structuredClone(parsed);
    throw new ConfigError(file, tree.issues);
  };

  return {
    path: file,
    exists: tree.exists,
    issues,
    get: (path) => {
      const keys = parsePath(path);
      const written = valueAt(tree.value, keys);
      if (written !== undefined) return { value: shown(tree.value, keys), source: "file" };
      const standard = valueAt(checked?.config, keys);
      return standard === undefined ? undefined : { value: shown(checked?.config, keys), source: "default" };
    },
    set: async (path, value) => {
      const after = writable();
      place(after, parsePath(path), value);
      await write(after);
    },
    unset: async (path) => {
      const after = writable();
      if (!remove(after, parsePath(path))) return false;
      await write(after);
      return true;
    },
  };
}

/** Keys with dots between them, positions and odd keys in brackets: agents.list[0].id, channels["my.channel"]. */
function parsePath(path: string): KeyPath {
  const keys: (string | number)[] = [];
  let rest = path.trim();
  while (rest !== "") {
    const found = /^\.?([^.[\]"]+)|^\[(\d{1,6})\]|^\["([^"]+)"\]|^\['([^']+)'\]/u.exec(rest);
    if (!found || (keys.length === 0 && rest.startsWith("."))) break;
    const [whole, plain, position, quoted, single] = found;
    keys.push(position === undefined ? (plain ?? quoted ?? single ?? "") : Number(position));
    rest = rest.slice(whole.length);
  }
  if (rest === "" && keys.length > 0) return keys;
  throw unusable(path, "expected keys with dots between them, like gateway.port or agents.list[0].id");
}

function valueAt(tree: unknown, keys: KeyPath): unknown {
  let value = tree;
  for (const key of keys) {
    const name = String(key);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** The value at a path, without the credentials in it. A credential itself is told: it is what was asked for. */
function shown(tree: unknown, keys: KeyPath): unknown {
  const value = valueAt(tree, keys);
  return typeof value === "object" ? valueAt(new Redaction([]).tree(tree), keys) : value;
}

function place(tree: unknown, keys: KeyPath, value: unknown): void {
  let parent = tree;
  for (const [index, key] of keys.entries()) {
    const isLast = index === keys.length - 1;
    const next = typeof keys[index + 1] === "number" ? [] : {};
    if (Array.isArray(parent)) {
      const list: unknown[] = parent;
      const position = typeof key === "number" ? key : /^\d+$/u.test(key) ? Number(key) : -1;
      if (position < 0 || position > list.length) {
        const expected = list.length === 0 ? "position 0: the list is empty" : `a position from 0 to ${list.length}`;
        throw unusable(joinPath(keys.slice(0, index + 1)), `expected ${expected}`);
      }
      list[position] = isLast ? value : isContainer(list[position]) ? list[position] : next;
      parent = list[position];
    } else if (isPlainObject(parent)) {
      const name = String(key);
      const own = Object.hasOwn(parent, name) ? parent[name] : undefined;
      const placed = isLast ? value : isContainer(own) ? own : next;
      setOwn(parent, name, placed);
      parent = placed;
    }
  }
}

function remove(tree: unknown, keys: KeyPath): boolean {
  const parent = valueAt(tree, keys.slice(0, -1));
  const key = keys.at(-1);
  if (key === undefined || valueAt(parent, [key]) === undefined) return false;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isPlainObject(parent)) Reflect.deleteProperty(parent, String(key));
  return true;
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value);
}

function unusable(path: string, message: string): ConfigError {
  const remedy = "Nothing was changed. Give another path.";
  return new ConfigError(path, [{ file: path, path: "", message }], { subject: `The path "${path}"`, remedy });
}
