import { isIP } from "node:net";

export interface OriginPolicy {
  /** Origins an operator listed, such as https://ui.example.org. */
  readonly allowed: readonly string[];
  readonly isLoopbackPeer: boolean;
  /** The request's Host header. */
  readonly host: string | undefined;
}

/**
 * Whether the page that opens a WebSocket may. Browsers let any page connect to any address, this machine's too, and
 * only say in `Origin` which page it is, so this is decided before the upgrade. Programs send no origin and are not
 * concerned; a page is welcome when
 * - an operator listed its origin, or
 * - it is served by this machine to this machine, or
 * - it comes from this gateway under the numeric address it was reached at. A name proves nothing there, since
 *   whoever owns a name can point it at any address.
 * Source: catalogue S (cross-site WebSocket), wire facts 10.2 and 10.4.
 */
export function isOriginAllowed(origin: string | undefined, { allowed, isLoopbackPeer, host }: OriginPolicy): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const url = parseOrigin(origin);
  if (!url) return false;
  if (allowed.some((entry) => parseOrigin(entry)?.origin === url.origin)) return true;
  const name = url.hostname.replace(/^\[|\]$/g, "");
  if (isLoopbackPeer && isLoopbackName(name)) return true;
  return isIP(name) !== 0 && host !== undefined && url.host === host.toLowerCase();
}

function isLoopbackName(name: string): boolean {
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    (isIP(name) === 4 && name.startsWith("127."))
  );
}

function parseOrigin(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url : undefined;
}
