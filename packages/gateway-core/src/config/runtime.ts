import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { FatalError } from "../errors.ts";
import { type Environment, layerEnvironment } from "./env.ts";
import { ConfigError, type ConfigIssue, describeIssue } from "./errors.ts";
import { readLastGood, saveLastGood } from "./source/last-good.ts";
import { type ChannelSchemas, checkConfigTree, type ConfigTree, readConfigTree } from "./load.ts";
import { expandPath, type GatewayPaths, resolvePaths, type Selection, SHARED_LOG_DIRECTORY } from "./paths.ts";
import { resolvePorts } from "./resolve.ts";
import { type GatewayConfig, type GatewayConfigInput, unsupportedKeys } from "./schema.ts";
import { collectSecrets } from "./inspect/secrets.ts";
import { readDotenv } from "./source/dotenv.ts";

/** Where a log file goes. */
export interface LogPlace {
  /** The file; YYYY-MM-DD in its name stands for the day. */
  readonly path: string;
  /** The directory is in a place that every user of the machine can write to. */
  readonly shared: boolean;
}

/** Where the configuration came from. */
export interface ConfigSource {
  readonly path: string;
  readonly exists: boolean;
  /** SHA-256 of the file's bytes in hex; undefined when there is no file. */
  readonly hash: string | undefined;
}

/**
 * The configuration in use.
 * - `ok`: the file as it is, or the defaults when there is none.
 * - `invalid-using-last-good`: the file can not be used; `issues` says why, `current` is what was used before.
 */
export interface ConfigRuntime {
  readonly current: GatewayConfig;
  readonly source: ConfigSource;
  readonly issues: readonly ConfigIssue[];
  readonly state: "ok" | "invalid-using-last-good";
  readonly paths: GatewayPaths;
  /** Where the log goes; undefined when a configuration given in code names no place. */
  readonly logFile: LogPlace | undefined;
  /** The process environment with the `.env` files and the configuration's own variables underneath. */
  readonly environment: Environment;
  /** The same without the configuration's own variables: what another configuration would be put on top of. */
  readonly outerEnvironment: Environment;
  /** What an operator should know at start: keys without effect, files that others can read. One sentence each. */
  readonly warnings: readonly string[];
  /** Credentials of the configuration and of the environment, for the log's mask. */
  readonly secrets: readonly string[];
}

export interface LoadOptions {
  /** The process environment, from `readEnvironment()`. */
  readonly environment: Environment;
  readonly homeDirectory: string;
  readonly selection?: Selection;
  readonly channelSchemas?: ChannelSchemas;
  /** Whose `.env` is read; the process's own when absent. */
  readonly workingDirectory?: string;
}

/**
 * Loads the daemon's configuration. A file that can not be used gives way to the last good one, with `state` and
 * `issues` saying so (promise 8). Without one there is nothing to run on: throws FatalError with one line that names
 * every problem (R1.2, R2.1). A missing file means defaults.
 */
export async function loadConfigRuntime(options: LoadOptions): Promise<ConfigRuntime> {
  const { homeDirectory, selection = {}, channelSchemas = {}, workingDirectory = process.cwd() } = options;
  const warnings: string[] = [];
  const paths = fatalOnConfigError(() => resolvePaths(options.environment, homeDirectory, selection));
  const file = paths.configFile;
  const environment = layerEnvironment(
    options.environment,
    await readDotenv(join(workingDirectory, ".env"), (problem) => warnings.push(problem)),
    await readDotenv(paths.envFile, (problem) => warnings.push(problem)),
  );
  warnings.push(...(await privacyWarnings(file)));
  const tree = await readConfigTree(file);
  const place: Place = { file, paths, environment, channelSchemas, warnings };
  const found = await useTree(tree, place);
  const usable = "config" in found ? found : await useLastGood(found, place);
  const { config, issues, state } = usable;
  // A port variable that makes no sense is an error of this moment, not of the one when it is listened on.
  fatalOnConfigError(() =>
    resolvePorts({ environment: usable.environment, profile: paths.profile, flag: selection.port }),
  );
  return {
    current: config,
    source: { path: file, exists: tree.exists, hash: tree.hash },
    issues,
    state,
    paths,
    logFile: logPlace(config, paths, homeDirectory),
    environment: usable.environment,
    outerEnvironment: environment,
    warnings: [...warnings, ...noteworthy(config, Object.keys(channelSchemas))],
    secrets: collectSecrets(config, usable.environment),
  };
}

/** What both ways to a configuration need. `warnings` is added to. */
interface Place {
  readonly file: string;
  readonly paths: GatewayPaths;
  readonly environment: Environment;
  readonly channelSchemas: ChannelSchemas;
  readonly warnings: string[];
}

interface Usable extends Pick<ConfigRuntime, "issues" | "state" | "environment"> {
  readonly config: GatewayConfig;
}

interface Refused {
  readonly issues: readonly ConfigIssue[];
}

/** The file as it is, kept as the last good one; or why it can not be used. */
async function useTree(
  tree: ConfigTree,
  { file, paths, environment, channelSchemas, warnings }: Place,
): Promise<Usable | Refused> {
  if (tree.issues.length > 0) return { issues: tree.issues };
  const { config, issues, environment: layered } = checkConfigTree({ file, tree, environment, channelSchemas });
  if (config === undefined || issues.length > 0) return { issues };
  if (tree.exists) {
    const good = { configFile: file, hash: tree.hash, savedAt: Date.now(), value: tree.value };
    await saveLastGood(paths.lastGoodFile, good).catch((error: unknown) => {
      warnings.push(`This configuration could not be kept as the last good one: ${reasonOf(error)}.`);
    });
  }
  return { config, issues: [], state: "ok", environment: layered };
}

/** What was kept when this file was last good. Throws FatalError with the problems of the file. */
async function useLastGood(
  refused: Refused,
  { file, paths, environment, channelSchemas, warnings }: Place,
): Promise<Usable> {
  const problem = new ConfigError(file, refused.issues);
  const kept = await readLastGood(paths.lastGoodFile);
  if (kept?.configFile !== file) throw new FatalError(problem.message, problem.remedy, { cause: problem });
  const tree = { value: kept.value, origins: new Map<string, string>() };
  const { config, issues, environment: layered } = checkConfigTree({ file, tree, environment, channelSchemas });
  if (config === undefined) {
    const message = `${problem.message}; the last good configuration, ${paths.lastGoodFile}, can not be used either`;
    throw new FatalError(message, problem.remedy, { cause: problem });
  }
  const since = new Date(kept.savedAt).toISOString();
  warnings.push(
    `${problem.message}. The gateway runs on the configuration of ${since} until ${file} is corrected.`,
    ...issues.map((issue) => `Left out of that configuration: ${describeIssue(issue, file)}.`),
  );
  return { config, issues: refused.issues, state: "invalid-using-last-good", environment: layered };
}

export interface FixedConfigOptions {
  readonly environment?: Environment;
  /** Where state and the log are kept. Without it there is no log file, and state goes to a new temporary directory. */
  readonly stateDir?: string;
  readonly channelSchemas?: ChannelSchemas;
}

/** A configuration given in code, for embedding and tests. Reads no file. Throws ConfigError. */
export function fixedConfig(partial: GatewayConfigInput = {}, options: FixedConfigOptions = {}): ConfigRuntime {
  const { environment: given = {}, stateDir, channelSchemas = {} } = options;
  const file = "the configuration given in code";
  const { config, issues, environment } = checkConfigTree({
    file,
    tree: { value: partial, origins: new Map() },
    environment: given,
    channelSchemas,
  });
  if (config === undefined || issues.length > 0)
    throw new ConfigError(file, issues, {
      subject: "The configuration given in code",
      remedy: "Correct the configuration object.",
    });
  const paths = resolvePaths(
    { ...given, OPENCLAW_STATE_DIR: stateDir ?? join(tmpdir(), `openclaw-${randomUUID()}`) },
    homedir(),
  );
  const placed = stateDir !== undefined || config.logging.file !== undefined;
  return {
    current: config,
    source: { path: file, exists: false, hash: undefined },
    issues: [],
    state: "ok",
    paths,
    logFile: placed ? logPlace(config, paths, homedir()) : undefined,
    environment,
    outerEnvironment: given,
    warnings: noteworthy(config, Object.keys(channelSchemas)),
    secrets: collectSecrets(config, environment),
  };
}

/** `logging.file`, or a file a day in the profile's log directory. */
function logPlace(config: GatewayConfig, paths: GatewayPaths, homeDirectory: string): LogPlace {
  const { file } = config.logging;
  if (file !== undefined) return { path: expandPath(file, homeDirectory), shared: false };
  return {
    path: join(paths.logDirectory, "openclaw-YYYY-MM-DD.log"),
    shared: paths.logDirectory === SHARED_LOG_DIRECTORY,
  };
}

/** One sentence for each thing in a valid configuration that an operator would want to know. */
function noteworthy(config: GatewayConfig, channels: readonly string[]): string[] {
  const found = unsupportedKeys(config, channels).map((path) => `${path} is set, but has no effect in this version.`);
  const { dangerouslyDisableDeviceAuth } = config.gateway.controlUi;
  if (dangerouslyDisableDeviceAuth) {
    found.push(
      "gateway.controlUi.dangerouslyDisableDeviceAuth is on: whoever knows the gateway's token can use it as the browser app, unasked.",
    );
  }
  const known = new Set(config.agents.list.map((agent) => agent.id));
  for (const [index, binding] of config.bindings.entries()) {
    if (known.size > 0 && !known.has(binding.agentId)) {
      found.push(
        `bindings[${index}] names the agent "${binding.agentId}", which is not in agents.list; it is skipped.`,
      );
    }
  }
  if (config.agents.list.filter((agent) => agent.default === true).length > 1) {
    found.push("Several entries of agents.list are marked as default; the first one counts.");
  }
  return found;
}

async function privacyWarnings(file: string): Promise<readonly string[]> {
  if (process.platform === "win32") return [];
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || (stats.mode & 0o077) === 0) return [];
  return [`Other users of this machine can read ${file}, which may hold credentials; run: chmod 600 ${file}`];
}

function fatalOnConfigError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) throw new FatalError(error.message, error.remedy, { cause: error });
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
