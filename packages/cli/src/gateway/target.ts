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
  },
): Target {
  const url = flags.url === undefined ? location.url : checkUrl(flags.url);
  const urlSource = flags.url === undefined ? describeUrlSource(location) : "--url";
  return { url, urlSource, location, credential: chooseCredential(location, flags, url) };
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
