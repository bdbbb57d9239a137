import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

/** Where a request comes from. It gives no rights; it is what limits and logs go by. */
export interface Peer {
  readonly address: string;
  /** What limits count together: the address, or its /64 for IPv6. */
  readonly network: string;
  readonly isLoopback: boolean;
  /** The page that asks, when a browser does. */
  readonly origin?: string;
  /** Who it is in the tailnet, where the Tailscale of this machine has confirmed that. */
  readonly tailscaleLogin?: string;
}

const IPV4_IN_IPV6 = "::ffff:";

/**
 * Finds out who is at the other end. A proxy that is trusted may say for whom it speaks; anyone else who tries is
 * refused, because a person behind an unknown proxy must not be taken for the machine the proxy runs on. Answers
 * undefined then. Source: F26, wire facts 9.4.
 */
export function identifyPeer(
  remoteAddress: string,
  headers: IncomingHttpHeaders,
  trusted: BlockList,
): Peer | undefined {
  const address = normalizeAddress(remoteAddress);
  const { origin } = headers;
  if (!Object.keys(headers).some((name) => isForwardedHeader(name))) return peerAt(address, origin);
  if (!isTrusted(address, trusted)) return undefined;
  const client = forwardedFor(headers).findLast((hop) => !isTrusted(hop, trusted));
  return peerAt(client ?? address, origin);
}

/** The peer that Tailscale Serve speaks for, after its claim was confirmed. */
export function tailnetPeer(
  { address, login }: { readonly address: string; readonly login: string },
  origin?: string,
): Peer {
  return { ...peerAt(address, origin), isLoopback: false, tailscaleLogin: login };
}

/** Throws RangeError for an entry that is neither an address nor a range. */
export function trustedProxyList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address);
    if (family === 0)
      throw new RangeError(`gateway.trustedProxies: "${entry}" is not an address or a range such as 10.0.0.0/8`);
    const type = family === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, type);
    else list.addSubnet(address, Number(prefix), type);
  }
  return list;
}

export function isLoopbackAddress(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function peerAt(address: string, origin: string | undefined): Peer {
  const isLoopback = isLoopbackAddress(address);
  return { address, network: networkOf(address), isLoopback, ...(origin === undefined ? {} : { origin }) };
}

function isForwardedHeader(name: string): boolean {
  return name === "forwarded" || name === "x-real-ip" || name.startsWith("x-forwarded-");
}

/** The addresses that proxies added, nearest last. Headers that name no address leave it empty. */
function forwardedFor(headers: IncomingHttpHeaders): string[] {
  const list = [headers["x-forwarded-for"] ?? []].flat().join(",");
  const standard = [headers.forwarded ?? []].flat().join(",");
  const named = [...standard.matchAll(/for="?\[?([0-9a-fA-F.:]+)/g)].map((match) => match[1] ?? "");
  const candidates = list === "" ? (named.length > 0 ? named : [headers["x-real-ip"] ?? []].flat()) : list.split(",");
  return candidates.map((text) => normalizeAddress(text.trim())).filter((address) => isIP(address) !== 0);
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

export function normalizeAddress(text: string): string {
  const address = text.toLowerCase().replace(/%.*$/, "");
  return address.startsWith(IPV4_IN_IPV6) && address.includes(".") ? address.slice(IPV4_IN_IPV6.length) : address;
}

/** One person usually has a whole /64 of IPv6 addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address) || isLoopbackAddress(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter((group) => group !== "").length;
  const all = [...groups, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...(tail ?? "").split(":")];
  return `${all.slice(0, 4).join(":")}::/64`;
}
