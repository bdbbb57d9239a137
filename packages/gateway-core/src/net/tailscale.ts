import { execFile } from "node:child_process";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

import type { Clock } from "../ports.ts";
import { isLoopbackAddress, normalizeAddress } from "./peer.ts";

const WHOIS_TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 262_144;
/** How long an answer counts, and how many are kept. */
const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 256;
/** Lookups at the same time; who comes while there are more is not known. */
const MAX_LOOKUPS = 8;
const MAX_LOGIN_LENGTH = 320;

export interface TailscaleSettings {
  /** The program that is asked, such as tailscale. */
  readonly command: string;
}

/** Who Tailscale Serve says that it speaks for. Nothing of it is believed yet. */
export interface TailscaleClaim {
  readonly address: string;
  readonly login: string;
}

/**
 * What Tailscale Serve adds to a request that it passes on from the tailnet, or undefined when it is not one. Serve runs
 * on this machine, so nothing from elsewhere counts. Source: facts on Tailscale identity.
 */
export function tailscaleClaim(remoteAddress: string, headers: IncomingHttpHeaders): TailscaleClaim | undefined {
  if (!isLoopbackAddress(normalizeAddress(remoteAddress))) return undefined;
  const login = headers["tailscale-user-login"];
  const address = headers["x-forwarded-for"];
  if (typeof login !== "string" || login === "" || login.length > MAX_LOGIN_LENGTH) return undefined;
  if (headers["x-forwarded-proto"] !== "https" || headers["x-forwarded-host"] === undefined) return undefined;
  if (typeof address !== "string" || isIP(address) === 0) return undefined;
  return { address: normalizeAddress(address), login: login.toLowerCase() };
}

interface Remembered {
  readonly login: Promise<string | undefined>;
  readonly until: number;
}

/** Asks the Tailscale of this machine who has an address of the tailnet. */
export class TailscaleDirectory {
  readonly #settings: TailscaleSettings;
  readonly #clock: Pick<Clock, "now">;
  readonly #known = new Map<string, Remembered>();
  #lookups = 0;

  constructor(settings: TailscaleSettings, clock: Pick<Clock, "now">) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** True when the address is that person's. Never rejects; false when nobody could say in time. */
  async confirms({ address, login }: TailscaleClaim): Promise<boolean> {
    return (await this.#loginOf(address)) === login;
  }

  #loginOf(address: string): Promise<string | undefined> {
    const now = this.#clock.now();
    const known = this.#known.get(address);
    if (known && known.until > now) return known.login;
    if (this.#lookups >= MAX_LOOKUPS) return Promise.resolve(undefined);
    this.#lookups += 1;
    const login = whois(this.#settings.command, address).finally(() => {
      this.#lookups -= 1;
    });
    this.#known.delete(address);
    this.#known.set(address, { login, until: now + REMEMBERED_MS });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_REMEMBERED) break;
      this.#known.delete(oldest);
    }
    return login;
  }
}

function whois(command: string, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: WHOIS_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: MAX_ANSWER_BYTES } as const;
    // No shell is in between, and the address was checked to be one.
    execFile(command, ["whois", "--json", address], options, (error, output) => {
      resolve(error ? undefined : loginIn(output));
    });
  });
}

function loginIn(output: string): string | undefined {
  try {
    const answer = JSON.parse(output) as { readonly UserProfile?: { readonly LoginName?: unknown } } | null;
    const login = answer?.UserProfile?.LoginName;
    return typeof login === "string" && login !== "" ? login.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
