import { readFile } from "node:fs/promises";
import { homedir } from "node:os";

import { CliError, type Credential, type GatewayLocation, type ProfileSelection } from "@openclaw/cli";
import {
  ConfigError,
  DEFAULT_PORT,
  DEV_PORT,
  DEV_PROFILE,
  type Environment,
  type LightConfig,
  readLightConfig,
} from "@openclaw/gateway-core/config";

const TOKEN_VARIABLE = "OPENCLAW_GATEWAY_TOKEN";
const PASSWORD_VARIABLE = "OPENCLAW_GATEWAY_PASSWORD";
const PORT_VARIABLE = "OPENCLAW_GATEWAY_PORT";

/** Finds a profile's files and how to reach its gateway, reading its configuration leniently (contract row R4.1). */
export async function locate(selection: ProfileSelection, environment: Environment): Promise<GatewayLocation> {
  const config = await readProfile(selection, environment);
  const remote = config.mode === "remote" && config.remote.url !== undefined;
  const tlsFingerprint = remote ? config.remote.tlsFingerprint : await localFingerprint(config);
  const credential = remote ? remoteCredential(config, environment) : localCredential(config, environment);
  return {
    profile: config.paths.profile ?? "default",
    stateDir: config.paths.stateDir,
    configPath: config.paths.configFile,
    workspaceDir: config.workspace,
    exists: config.exists,
    ...(config.problems.length === 0 ? {} : { problem: config.problems.join(" ") }),
    mode: config.mode,
    port: config.port,
    portSource: portSource(config, environment),
    url: config.mode === "remote" ? (config.remote.url ?? localUrl(config)) : localUrl(config),
    ...(credential === undefined ? {} : { credential }),
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
  };
}

/** The lenient reading of a profile's configuration. A selection that makes no sense is a usage error. */
export async function readProfile(selection: ProfileSelection, environment: Environment): Promise<LightConfig> {
  try {
    return await readLightConfig({ environment, homeDirectory: homedir(), selection });
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError("usage", error.message, error.remedy, { cause: error });
    throw error;
  }
}

function localUrl(config: LightConfig): string {
  const host = config.bind === "custom" ? (config.customBindHost ?? "127.0.0.1") : "127.0.0.1";
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${config.tls.enabled ? "wss" : "ws"}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${config.port}`;
}

/** Of the certificate of this machine's gateway, which nobody else has; undefined before there is one. */
async function localFingerprint({ tls }: LightConfig): Promise<string | undefined> {
  if (!tls.enabled) return undefined;
  try {
    const [{ X509Certificate }, pem] = await Promise.all([import("node:crypto"), readFile(tls.certFile)]);
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}

function portSource(config: LightConfig, environment: Environment): string {
  if (environment[PORT_VARIABLE]) return PORT_VARIABLE;
  if (config.environment[PORT_VARIABLE]) return `${PORT_VARIABLE} in a .env file`;
  const usual = config.paths.profile === DEV_PROFILE ? DEV_PORT : DEFAULT_PORT;
  return config.port === usual ? "the profile's default port" : `gateway.port in ${config.paths.configFile}`;
}

function localCredential(config: LightConfig, environment: Environment): Credential | undefined {
  const { mode, secret } = config.auth;
  if (secret === undefined) return undefined;
  const variable = mode === "token" ? TOKEN_VARIABLE : PASSWORD_VARIABLE;
  return (
    fromEnvironment(mode, environment) ?? {
      kind: mode,
      value: secret,
      source: config.environment[variable]
        ? `${variable} in a .env file`
        : `gateway.auth.${mode} in ${config.paths.configFile}`,
      origin: "config",
    }
  );
}

function remoteCredential(config: LightConfig, environment: Environment): Credential | undefined {
  const found = fromEnvironment("token", environment) ?? fromEnvironment("password", environment);
  if (found !== undefined) return found;
  const { token, password } = config.remote;
  const kind = token === undefined ? "password" : "token";
  const value = token ?? password;
  if (value === undefined) return undefined;
  return { kind, value, source: `gateway.remote.${kind} in ${config.paths.configFile}`, origin: "config" };
}

function fromEnvironment(kind: "token" | "password", environment: Environment): Credential | undefined {
  const source = kind === "token" ? TOKEN_VARIABLE : PASSWORD_VARIABLE;
  const value = environment[source];
  return value ? { kind, value, source, origin: "environment" } : undefined;
}
