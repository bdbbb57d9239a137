import { homedir, networkInterfaces } from "node:os";

import { expandPath } from "./paths.ts";
import type { GatewayConfig } from "./schema.ts";
import { resolveAuth, resolvePorts } from "./resolve.ts";
import type { ConfigRuntime } from "./runtime.ts";
import { FatalError } from "../errors.ts";
import type { Ids } from "../ports.ts";

const GENERATED_SECRET_BYTES = 32;
/** In characters, where others can reach the gateway. */
const SHORTEST_EXPOSED_SECRET = 24;
/** Tailscale's addresses, 100.64.0.0/10. */
const TAILNET = /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;

/** What comes before the configuration: what a command line says, or an embedding program. */
export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port?: number;
  readonly bind?: "loopback" | "lan" | "tailnet" | "auto" | "custom";
  readonly authMode?: "token" | "password";
  readonly token?: string;
  readonly password?: string;
}

/** The credential of this run. On an address that others can reach there must be one in the configuration (R1.2). */
export function sharedSecretOf(
  config: ConfigRuntime,
  listen: ListenOptions,
  ids: Ids,
): { readonly mode: "token" | "password"; readonly secret: string } {
  const { mode, secret } = resolveAuth({
    environment: config.environment,
    configured: config.current.gateway.auth,
    flags: { mode: listen.authMode, token: listen.token, password: listen.password },
  });
  const host = hostOf(config, listen);
  if (isLoopback(host)) return { mode, secret: secret ?? ids.secret(GENERATED_SECRET_BYTES) };
  if (secret === undefined) {
    throw new FatalError(
      `refusing to bind to ${host} without auth: no ${mode} is configured.`,
      `Set gateway.auth.${mode} in ${config.source.path}, or listen on loopback only (gateway.bind: "loopback").`,
    );
  }
  if (secret.length < SHORTEST_EXPOSED_SECRET) {
    throw new FatalError(
      `refusing to bind to ${host}: the ${mode} has ${secret.length} characters, and there others can try to guess it.`,
      `Use a ${mode} of at least ${SHORTEST_EXPOSED_SECRET} characters, for example the output of: openssl rand -hex 32`,
    );
  }
  requireEncryption(config, listen, host);
  return { mode, secret };
}

/** What leaves the machine is encrypted, by this gateway or by something that was named. Source: catalogue S. */
function requireEncryption({ current, source }: ConfigRuntime, listen: ListenOptions, host: string): void {
  const { tls, bind, trustedProxies } = current.gateway;
  const isTunnel = (listen.bind ?? bind) === "tailnet" || trustedProxies.length > 0;
  if (tls?.enabled !== undefined || isTunnel) return;
  throw new FatalError(
    `refusing to bind to ${host} without encryption: the token and every message would be readable on the network.`,
    `Set gateway.tls.enabled to true in ${source.path} (a certificate is made by itself). If a proxy or a tunnel encrypts already, set it to false.`,
  );
}

/** Where the gateway listens, and whose pages and proxies it believes. */
export function networkSettings(config: ConfigRuntime, listen: ListenOptions) {
  const { gateway } = config.current;
  const { environment, paths } = config;
  const ports = resolvePorts({ environment, profile: paths.profile, flag: listen.port, configured: gateway.port });
  const host = hostOf(config, listen);
  return {
    host,
    port: ports.gateway,
    allowedOrigins: gateway.controlUi.allowedOrigins,
    browserApp: browserAppProof(gateway.controlUi),
    trustedProxies: gateway.trustedProxies,
    tailscale: gateway.auth.allowTailscale ? { command: "tailscale" } : undefined,
    tls: gateway.tls?.enabled === true ? tlsSettings(config, gateway.tls, host) : undefined,
  };
}

function browserAppProof({
  allowInsecureAuth,
  dangerouslyDisableDeviceAuth,
}: GatewayConfig["gateway"]["controlUi"]): "device" | "key-where-possible" | "secret-alone" {
  if (dangerouslyDisableDeviceAuth) return "secret-alone";
  return allowInsecureAuth ? "key-where-possible" : "device";
}

function tlsSettings(
  { paths }: ConfigRuntime,
  { certPath, keyPath, caPath, autoGenerate = true }: NonNullable<GatewayConfig["gateway"]["tls"]>,
  host: string,
) {
  const absolute = (path: string | undefined) => (path === undefined ? undefined : expandPath(path, homedir()));
  return {
    certPath: absolute(certPath),
    keyPath: absolute(keyPath),
    caPath: absolute(caPath),
    autoGenerate,
    directory: paths.tlsDirectory,
    host,
  };
}

function hostOf({ current }: ConfigRuntime, listen: ListenOptions): string {
  const bind = listen.bind ?? current.gateway.bind;
  switch (bind) {
    case "loopback":
    case "auto":
      return "127.0.0.1";
    case "lan":
      return "0.0.0.0";
    case "tailnet":
      return tailnetAddress();
    case "custom":
      if (current.gateway.customBindHost !== undefined) return current.gateway.customBindHost;
      throw new FatalError(
        "gateway.bind is custom, but no address is given.",
        "Set gateway.customBindHost to the address to listen on.",
      );
  }
}

function tailnetAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const found = addresses.find(({ address, family }) => family === "IPv4" && TAILNET.test(address));
  if (found) return found.address;
  throw new FatalError(
    "gateway.bind is tailnet, but no interface has a Tailscale address.",
    "Start Tailscale, or set gateway.bind to loopback.",
  );
}

function isLoopback(host: string): boolean {
  return host === "::1" || host === "localhost" || host.startsWith("127.");
}
