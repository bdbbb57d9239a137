import { CliError } from "../errors.ts";
import type { Credential, GatewayLocation } from "../host.ts";

/** The credential in use and where it came from, in words for a person. */
export interface ChosenCredential {
  readonly kind: "token" | "password";
  readonly value: string;
  readonly source: string;
  readonly origin: Credential["origin"] | "flag";
}

/** Which gateway to ask, and with what. */
export interface Target {
  readonly url: string;
  readonly urlSource: string;
  readonly credential: ChosenCredential | undefined;
  /** What the certificate must be (SHA-256); undefined leaves it to the authorities. */
  readonly tlsFingerprint: string | undefined;
  readonly location: GatewayLocation;
}

/**
 * Flags come first, then what the profile says. A secret from a configuration file is only ever sent to this machine
 * or to the address that the same file names: `--url` must not be a way to have it handed to a stranger.
 */
export function resolveTarget(
  location: GatewayLocation,
  flags: {
    readonly url?: string | undefined;
    readonly token?: string | undefined;
    readonly password?: string | undefined;
    readonly tlsFingerprint?: string | undefined;
  },
): Target {
  const url = flags.url === undefined ? location.url : checkUrl(flags.url);
  const urlSource = flags.url === undefined ? describeUrlSource(location) : "--url";
  const known = url === location.url ? location.tlsFingerprint : undefined;
  return {
    url,
    urlSource,
    location,
    credential: chooseCredential(location, flags, url),
    tlsFingerprint: flags.tlsFingerprint ?? known,
  };
}

/** Throws CliError for an address that would have the credential cross a network as plain text. */
export function requireEncryption({ url, urlSource, location }: Target): void {
  const isOwn = location.mode !== "remote" && url === location.url;
  if (new URL(url).protocol === "wss:" || isLoopback(url) || isOwn) return;
  throw new CliError(
    "usage",
    `${url} (from ${urlSource}) is not encrypted: others on the way could read the token and every message.`,
    "Use wss:// with --tls-fingerprint, or an SSH tunnel to 127.0.0.1. Where the network itself is encrypted, add --allow-plaintext.",
  );
}

function chooseCredential(
  location: GatewayLocation,
  flags: { readonly token?: string | undefined; readonly password?: string | undefined },
  url: string,
): ChosenCredential | undefined {
  if (flags.token !== undefined) return { kind: "token", value: flags.token, source: "--token", origin: "flag" };
  if (flags.password !== undefined) {
    return { kind: "password", value: flags.password, source: "--password", origin: "flag" };
  }
  const known = location.credential;
  if (known?.origin === "config" && url !== location.url && !isLoopback(url)) return undefined;
  return known;
}

function describeUrlSource(location: GatewayLocation): string {
  return location.mode === "remote" ? `gateway.remote.url in ${location.configPath}` : location.portSource;
}

function checkUrl(word: string): string {
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (url === undefined || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw new CliError(
      "usage",
      `--url ${word} is not a WebSocket address.`,
      "Give one that begins with ws:// or wss://, for example ws://127.0.0.1:18789",
    );
  }
  return word;
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}
