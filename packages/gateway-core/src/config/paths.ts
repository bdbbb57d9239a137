import { join, resolve } from "node:path";

import type { Environment } from "./env.ts";
import { ConfigError } from "./errors.ts";

/** What a command line says about which gateway is meant. */
export interface Selection {
  /** `--profile <name>`; "default" is the same as none. */
  readonly profile?: string | undefined;
  /** `--dev`: the profile "dev". */
  readonly dev?: boolean | undefined;
  /** `--port <n>`. */
  readonly port?: number | undefined;
}

/** Where one gateway keeps what is its own. All paths are absolute. */
export interface GatewayPaths {
  /** Undefined for the default profile. */
  readonly profile: string | undefined;
  readonly stateDir: string;
  readonly configFile: string;
  /** Holds secrets that configuration refers to as ${NAME}. */
  readonly envFile: string;
  /** The configuration that was last in use without a problem. */
  readonly lastGoodFile: string;
  /** The agent's working directory, unless the configuration names another. */
  readonly workspace: string;
  readonly databaseFile: string;
  /** What may run on this machine. */
  readonly approvalsFile: string;
  /** What device tokens are computed with. */
  readonly deviceKeyFile: string;
  /** Holds the certificate that the gateway made for itself, and its key. */
  readonly tlsDirectory: string;
  /** Holds the files that came with messages, and those that are to be sent. */
  readonly mediaDirectory: string;
  readonly logDirectory: string;
}

/** The certificate in the TLS directory. */
export const GENERATED_CERTIFICATE = "gateway-cert.pem";
export const DEV_PROFILE = "dev";
/** The documented place of the default gateway's log, where people and scripts look for it. */
export const SHARED_LOG_DIRECTORY = resolve("/tmp/openclaw");
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The profile that flags and OPENCLAW_PROFILE select; undefined is the default one. Throws ConfigError. R4.1, R4.2 */
export function resolveProfile(environment: Environment, selection: Selection): string | undefined {
  const named = selection.profile?.trim() || undefined;
  if (selection.dev === true && named !== undefined && named !== DEV_PROFILE) {
    throw selectionError(
      `--dev is the profile "dev", but --profile says ${JSON.stringify(named)}`,
      "Give only one of them.",
    );
  }
  const profile = named ?? (selection.dev === true ? DEV_PROFILE : environment.OPENCLAW_PROFILE?.trim() || undefined);
  if (profile === undefined || profile === "default") return undefined;
  if (!PROFILE_NAME.test(profile)) {
    throw selectionError(
      `expected a name of letters, digits, - and _, got ${JSON.stringify(profile.slice(0, 80))}`,
      "Use 1 to 64 letters, digits, - and _, with a letter or digit first.",
    );
  }
  return profile;
}

/**
 * Where the selected gateway keeps its state, configuration and logs. A pure function, but for relative values of
 * OPENCLAW_STATE_DIR and OPENCLAW_CONFIG_PATH, which count from the working directory. R2.1, R4.1, R4.2, R4.5
 */
export function resolvePaths(environment: Environment, homeDirectory: string, selection: Selection = {}): GatewayPaths {
  const profile = resolveProfile(environment, selection);
  const suffix = profile === undefined ? "" : `-${profile}`;
  const given = environment.OPENCLAW_STATE_DIR?.trim() || undefined;
  const stateDir = given === undefined ? join(homeDirectory, `.openclaw${suffix}`) : expandPath(given, homeDirectory);
  const configured = environment.OPENCLAW_CONFIG_PATH?.trim() || undefined;
  return {
    profile,
    stateDir,
    configFile: configured === undefined ? join(stateDir, "openclaw.json") : expandPath(configured, homeDirectory),
    envFile: join(stateDir, ".env"),
    lastGoodFile: join(stateDir, "openclaw.last-good.json"),
    // With a state directory of one's own everything stays inside it, so that two gateways share nothing.
    workspace: join(given === undefined ? join(homeDirectory, ".openclaw") : stateDir, `workspace${suffix}`),
    databaseFile: join(stateDir, "gateway.sqlite"),
    approvalsFile: join(stateDir, "exec-approvals.json"),
    deviceKeyFile: join(stateDir, "device-tokens.key"),
    tlsDirectory: join(stateDir, "tls"),
    mediaDirectory: join(stateDir, "media"),
    logDirectory: given === undefined && profile === undefined ? SHARED_LOG_DIRECTORY : join(stateDir, "logs"),
  };
}

/** `~` and `~/…` from the home directory, anything else relative from the working directory. */
export function expandPath(path: string, homeDirectory: string): string {
  if (path === "~") return homeDirectory;
  return /^~[/\\]/.test(path) ? join(homeDirectory, path.slice(2)) : resolve(path);
}

function selectionError(problem: string, remedy: string): ConfigError {
  const file = "the command line";
  return new ConfigError(file, [{ file, path: "", message: problem }], { subject: "The selected profile", remedy });
}
