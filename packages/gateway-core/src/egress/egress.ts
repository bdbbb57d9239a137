import { lookup } from "node:dns/promises";

import { joinSignals } from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";
import type { Clock, Egress, EgressLimits, EgressResponse } from "../ports.ts";
import { type Hop, requestOnce } from "./hop.ts";
import { isPublicAddress } from "./public-address.ts";

export interface EgressOptions {
  readonly clock: Clock;
  /** Every address of a name. The system's resolver when absent. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Which addresses may be talked to: those of the public internet when absent. */
  readonly isAllowed?: (address: string) => boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_URL_LENGTH = 8_192;
const INCOMPLETE = "is not a complete address; expected for example https://example.org/page";

/**
 * The one way to fetch an address that somebody else chose: http and https only, no credentials, and only machines on
 * the public internet. A name is resolved once and the connection is made to what it resolved to, so that a second
 * answer of the name server changes nothing; every redirect is checked like the first address. Throws GatewayError.
 */
export function createEgress(options: EgressOptions): Egress {
  return new GuardedEgress(options);
}

class GuardedEgress implements Egress {
  readonly #clock: Clock;
  readonly #resolve: (hostname: string) => Promise<readonly string[]>;
  readonly #isAllowed: (address: string) => boolean;

  constructor({ clock, resolve = resolveAll, isAllowed = isPublicAddress }: EgressOptions) {
    this.#clock = clock;
    this.#resolve = resolve;
    this.#isAllowed = isAllowed;
  }

  async get(address: string, limits: EgressLimits, signal: AbortSignal): Promise<EgressResponse> {
    signal.throwIfAborted();
    const timeUp = new AbortController();
    const late = new GatewayError(
      "UNAVAILABLE",
      `The address did not answer within ${limits.timeoutMs / 1_000} seconds.`,
    );
    using _timer = this.#clock.setTimeout(() => timeUp.abort(late), limits.timeoutMs);
    using joined = joinSignals(signal, timeUp.signal);
    const either = joined.signal;
    let url = checkedUrl(address);
    for (let redirects = 0; ; redirects += 1) {
      const hop: Hop = { url, addresses: await this.#addressesOf(url, either), isAllowed: this.#isAllowed };
      const answer = await requestOnce(hop, limits, either);
      const location = REDIRECTS.has(answer.status) ? answer.location : undefined;
      if (location === undefined) return { ...answer, url: url.href };
      if (redirects >= limits.maxRedirects) {
        throw new GatewayError("UNAVAILABLE", `The address redirects more than ${limits.maxRedirects} times.`);
      }
      url = checkedUrl(location, url);
    }
  }

  /** Refuses a name as soon as one of its addresses is not allowed: an honest name has none. */
  async #addressesOf(url: URL, signal: AbortSignal): Promise<readonly string[]> {
    const host = url.hostname.replace(/^\[|\]$/gu, "");
    const isLiteral = url.hostname.startsWith("[") || /^[\d.]+$/u.test(host);
    const addresses = isLiteral
      ? [host]
      : await beforeAbort(this.#resolve(host), signal).catch(unresolved(host, signal));
    const [first] = addresses;
    if (first === undefined) throw new GatewayError("UNAVAILABLE", `The name ${host} has no address.`);
    if (addresses.every((one) => this.#isAllowed(one))) return addresses;
    throw new GatewayError(
      "INVALID_REQUEST",
      `${host} is not on the public internet; only public addresses may be fetched.`,
    );
  }
}

function checkedUrl(address: string, base?: URL): URL {
  const url = address.length > MAX_URL_LENGTH ? null : URL.parse(address, base?.href);
  if (url === null) throw refused(INCOMPLETE);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refused(`begins with ${url.protocol}; only http: and https: may be fetched`);
  }
  if (url.hostname === "") throw refused(INCOMPLETE);
  if (url.username !== "" || url.password !== "") throw refused("holds a user name or password; leave them out");
  url.hash = "";
  return url;
}

/** The address is not quoted: it may hold a secret. */
function refused(what: string): GatewayError {
  return new GatewayError("INVALID_REQUEST", `The address ${what}.`);
}

async function resolveAll(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}

function unresolved(host: string, signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    throw new GatewayError("UNAVAILABLE", `The name ${host} could not be resolved.`, { cause: error });
  };
}

async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.catch(() => {});
  }
}
