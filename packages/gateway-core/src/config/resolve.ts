import type { Environment } from "./env.ts";
import { ConfigError, type ConfigIssue } from "./errors.ts";
import { DEV_PROFILE } from "./paths.ts";
import { memberOf } from "./source/tree.ts";

export const DEFAULT_PORT = 18_789;
export const DEV_PORT = 19_001;
const PORT_MAXIMUM = 65_535;

/** The ports of one gateway; all follow from its own. R4.3 */
export interface GatewayPorts {
  /** WebSocket and HTTP. */
  readonly gateway: number;
  /** Loopback only. */
  readonly browserControl: number;
  readonly canvas: number;
  /** First and last of the range that controlled browsers get their ports from. */
  readonly browserCdp: readonly [first: number, last: number];
}

export interface PortSources {
  readonly environment: Environment;
  readonly profile: string | undefined;
  /** `--port`. */
  readonly flag?: number | undefined;
  /** `gateway.port`. */
  readonly configured?: number | undefined;
  /** `canvasHost.port`. */
  readonly configuredCanvas?: number | undefined;
}

/** `--port`, then OPENCLAW_GATEWAY_PORT, then `gateway.port`, then 18789, or 19001 in the dev profile. R1.4, R4.2 */
export function resolvePorts(sources: PortSources): GatewayPorts {
  const gateway =
    (sources.flag === undefined ? undefined : checkPort(sources.flag, "--port", 0)) ??
    environmentPort(sources.environment, "OPENCLAW_GATEWAY_PORT") ??
    sources.configured ??
    (sources.profile === DEV_PROFILE ? DEV_PORT : DEFAULT_PORT);
  return {
    gateway,
    browserControl: gateway + 2,
    canvas:
      environmentPort(sources.environment, "OPENCLAW_CANVAS_HOST_PORT") ?? sources.configuredCanvas ?? gateway + 4,
    browserCdp: [gateway + 11, gateway + 110],
  };
}

export type AuthMode = "token" | "password";

/** What clients must present. `secret` undefined means that nothing is configured, so nobody can be let in. */
export interface GatewayAuth {
  readonly mode: AuthMode;
  readonly secret: string | undefined;
}

export interface AuthSources {
  readonly environment: Environment;
  readonly configured: {
    readonly mode?: AuthMode | undefined;
    readonly token?: string | undefined;
    readonly password?: string | undefined;
  };
  /** `--auth`, `--token` and `--password`. */
  readonly flags?: AuthSources["configured"] | undefined;
}

/** Flags come before the environment, and it before the file. Without a mode: token, unless only a password is set. R3.6 */
export function resolveAuth({ environment, configured, flags = {} }: AuthSources): GatewayAuth {
  const token = flags.token || environment.OPENCLAW_GATEWAY_TOKEN || configured.token;
  const password = flags.password || environment.OPENCLAW_GATEWAY_PASSWORD || configured.password;
  const mode = flags.mode ?? configured.mode ?? (token === undefined && password !== undefined ? "password" : "token");
  return { mode, secret: (mode === "token" ? token : password) || undefined };
}

/** How an account's outbound messages of unknown fate are treated: the account's word, then the channel's, then all. */
export function resolveUnknownPolicy(
  config: { readonly outbound: { readonly unknownPolicy: UnknownPolicyName }; readonly channels: object },
  channelId: string,
  accountId: string,
): UnknownPolicyName {
  const section = memberOf(config.channels, channelId);
  const account = memberOf(memberOf(section, "accounts"), accountId);
  return policyOf(account) ?? policyOf(section) ?? config.outbound.unknownPolicy;
}

type UnknownPolicyName = "label" | "hold" | "resend";

function policyOf(settings: unknown): UnknownPolicyName | undefined {
  const policy = memberOf(memberOf(settings, "outbound"), "unknownPolicy");
  return policy === "label" || policy === "hold" || policy === "resend" ? policy : undefined;
}

function environmentPort(environment: Environment, name: string): number | undefined {
  const value = environment[name]?.trim();
  if (value === undefined || value === "") return undefined;
  return checkPort(/^\d{1,6}$/.test(value) ? Number(value) : Number.NaN, name, 1, value);
}

function checkPort(port: number, source: string, minimum: number, written = String(port)): number {
  if (Number.isInteger(port) && port >= minimum && port <= PORT_MAXIMUM) return port;
  const issue: ConfigIssue = {
    file: source,
    path: "",
    message: `expected a port from ${minimum} to ${PORT_MAXIMUM}, got ${JSON.stringify(written.slice(0, 40))}`,
  };
  throw new ConfigError(source, [issue], {
    subject: source,
    remedy: `Set ${source} to a free port, for example ${DEFAULT_PORT}.`,
  });
}
