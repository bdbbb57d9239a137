/**
 * What a command needs of the configuration, and nothing that takes long to load: no schema library, no server. The
 * gateway itself uses `loadConfigRuntime`, which checks everything.
 */
import { join } from "node:path";

import { type Environment, layerEnvironment, readEnvironment } from "./env.ts";
import { ConfigError, type ConfigIssue, describeIssue } from "./errors.ts";
import { readLastGood } from "./source/last-good.ts";
import { expandPath, type GatewayPaths, GENERATED_CERTIFICATE, resolvePaths, type Selection } from "./paths.ts";
import { type AuthMode, type GatewayAuth, resolveAuth, resolvePorts } from "./resolve.ts";
import { readDotenv } from "./source/dotenv.ts";
import { resolveIncludes } from "./source/include.ts";
import { parseJson5, readBoundedFile, SourceFileError } from "./source/json5-file.ts";
import { substituteVariables } from "./source/substitute.ts";
import { isPlainObject, memberOf } from "./source/tree.ts";

export { ConfigError, type ConfigIssue, describeIssue, type Environment, layerEnvironment, readEnvironment };
export { DEV_PROFILE, type GatewayPaths, resolvePaths, resolveProfile, type Selection } from "./paths.ts";
export {
  type AuthMode,
  DEFAULT_PORT,
  DEV_PORT,
  type GatewayAuth,
  type GatewayPorts,
  resolveAuth,
  resolvePorts,
} from "./resolve.ts";
export { generateToken, type NewConfig, writeNewConfig, type WrittenConfig } from "./source/new-config.ts";

/** The part of the configuration that finding and talking to a gateway takes. Values of the wrong type are absent. */
export interface LightConfig {
  readonly paths: GatewayPaths;
  /** True when there is a configuration file. */
  readonly exists: boolean;
  /** With the `.env` files and the configuration's own variables underneath. */
  readonly environment: Environment;
  readonly mode: "local" | "remote" | undefined;
  readonly port: number;
  readonly bind: string | undefined;
  readonly customBindHost: string | undefined;
  /** What clients of the local gateway present. */
  readonly auth: GatewayAuth;
  readonly remote: {
    readonly url: string | undefined;
    readonly token: string | undefined;
    readonly password: string | undefined;
    readonly tlsFingerprint: string | undefined;
  };
  /** Whether the local gateway speaks TLS, and the file of its certificate. */
  readonly tls: { readonly enabled: boolean; readonly certFile: string };
  /** `agents.defaults.workspace`, or the profile's own. */
  readonly workspace: string;
  /** What was wrong with the file, in sentences; the rest of it counts all the same. */
  readonly problems: readonly string[];
}

export interface LightOptions {
  readonly environment: Environment;
  readonly homeDirectory: string;
  readonly selection?: Selection;
  /** Whose `.env` is read; the process's own when absent. */
  readonly workingDirectory?: string;
}

/**
 * Reads what a command needs. Throws ConfigError only for a selection that makes no sense (a profile name, a port); a
 * file that can not be read is a problem to show, and what the gateway last ran on takes its place.
 */
export async function readLightConfig(options: LightOptions): Promise<LightConfig> {
  const { homeDirectory, selection = {}, workingDirectory = process.cwd() } = options;
  const problems: string[] = [];
  const paths = resolvePaths(options.environment, homeDirectory, selection);
  const base = layerEnvironment(
    options.environment,
    await readDotenv(join(workingDirectory, ".env"), (problem) => problems.push(problem)),
    await readDotenv(paths.envFile, (problem) => problems.push(problem)),
  );
  const { exists, value } = await readTree(paths, problems);
  const environment = layerEnvironment(
    base,
    texts(memberOf(value, "env")),
    texts(memberOf(memberOf(value, "env"), "vars")),
  );
  const { value: config } = substituteVariables(value, environment);
  const gateway = memberOf(config, "gateway");
  const auth = memberOf(gateway, "auth");
  const remote = memberOf(gateway, "remote");
  const tls = memberOf(gateway, "tls");
  const certPath = textOf(memberOf(tls, "certPath"));
  const ports = resolvePorts({
    environment,
    profile: paths.profile,
    flag: selection.port,
    configured: portOf(memberOf(gateway, "port")),
  });
  return {
    paths,
    exists,
    environment,
    mode: oneOf(memberOf(gateway, "mode"), ["local", "remote"]),
    port: ports.gateway,
    bind: textOf(memberOf(gateway, "bind")),
    customBindHost: textOf(memberOf(gateway, "customBindHost")),
    auth: resolveAuth({
      environment,
      configured: {
        mode: oneOf<AuthMode>(memberOf(auth, "mode"), ["token", "password"]),
        token: textOf(memberOf(auth, "token")),
        password: textOf(memberOf(auth, "password")),
      },
    }),
    remote: {
      url: textOf(memberOf(remote, "url")),
      token: textOf(memberOf(remote, "token")),
      password: textOf(memberOf(remote, "password")),
      tlsFingerprint: textOf(memberOf(remote, "tlsFingerprint")),
    },
    tls: {
      enabled: memberOf(tls, "enabled") === true,
      certFile:
        certPath === undefined ? join(paths.tlsDirectory, GENERATED_CERTIFICATE) : expandPath(certPath, homeDirectory),
    },
    workspace: textOf(memberOf(memberOf(memberOf(config, "agents"), "defaults"), "workspace")) ?? paths.workspace,
    problems,
  };
}

async function readTree(
  paths: GatewayPaths,
  problems: string[],
): Promise<{ readonly exists: boolean; readonly value: unknown }> {
  const file = paths.configFile;
  try {
    const source = await readBoundedFile(file);
    if (source === undefined) return { exists: false, value: {} };
    const included = await resolveIncludes(await parseJson5(source), file);
    problems.push(...included.issues.map((issue) => `The configuration ${file}: ${describeIssue(issue, file)}.`));
    return { exists: true, value: included.value };
  } catch (error) {
    if (!(error instanceof SourceFileError)) throw error;
    problems.push(`The configuration ${file} ${error.message}.`);
    const kept = await readLastGood(paths.lastGoodFile);
    return { exists: true, value: kept?.configFile === file ? kept.value : {} };
  }
}

function texts(value: unknown): Environment {
  const entries = isPlainObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function portOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}
