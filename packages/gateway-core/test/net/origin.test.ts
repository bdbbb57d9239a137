import { once } from "node:events";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

import { isOriginAllowed } from "../../src/net/origin.ts";
import { connectParams, type OpenPlane, openPlane } from "../support/plane.ts";

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane({ settings: { allowedOrigins: ["https://ui.example.org"] } });
});
afterAll(() => open[Symbol.asyncDispose]());

/** The HTTP answer to a refused upgrade. */
async function refusedUpgrade(
  headers: Readonly<Record<string, string>>,
  url = open.url,
): Promise<{ status: number; body: unknown }> {
  const socket = new WebSocket(url, { headers });
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number; headers: Record<string, string> },
  ];
  let body = "";
  for await (const chunk of response) body += chunk.toString();
  expect(response.headers["x-content-type-options"]).toBe("nosniff");
  return { status: response.statusCode, body: JSON.parse(body) };
}

describe("a web page that opens the socket", () => {
  it.each([
    "http://localhost:3000",
    "http://127.0.0.1:18789",
    "http://[::1]:5173",
    "https://app.localhost",
    "https://ui.example.org",
  ])("may come from %s", async (origin) => {
    await using client = await open.open({ headers: { origin } });
    expect((await client.request("connect", connectParams())).ok).toBe(true);
  });

  it.each([
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "https://ui.example.org.evil.example",
    "http://ui.example.org",
    "https://ui.example.org:8443",
    "http://192.168.1.20:18789",
    "null",
    "file://",
    "chrome-extension://abcdefgh",
    "",
    "http://",
    "http://user@localhost@evil.example",
  ])("is refused before the upgrade when it comes from %j", async (origin) => {
    expect(await refusedUpgrade({ origin })).toEqual({
      status: 403,
      body: {
        error: {
          message:
            "origin not allowed: open the page from the gateway's own machine, or add its origin to gateway.controlUi.allowedOrigins",
          type: "origin_not_allowed",
        },
      },
    });
  });

  it("is told in the log", async () => {
    await refusedUpgrade({ origin: "https://evil.example" });
    expect(open.parts.log.lines.at(-1)).toMatchObject({ level: "warn", fields: { origin: "https://evil.example" } });
  });
});

describe("the rule", () => {
  const remote = { allowed: [], isLoopbackPeer: false };

  it("does not trust this machine's pages for a peer elsewhere", () => {
    expect(isOriginAllowed("http://localhost:3000", { ...remote, host: "192.168.1.20:18789" })).toBe(false);
  });

  it("trusts the gateway's own page at a numeric address, and never at a name", () => {
    expect(isOriginAllowed("http://192.168.1.20:18789", { ...remote, host: "192.168.1.20:18789" })).toBe(true);
    expect(isOriginAllowed("http://[fd00::1]:18789", { ...remote, host: "[fd00::1]:18789" })).toBe(true);
    expect(isOriginAllowed("http://192.168.1.20:80", { ...remote, host: "192.168.1.20:18789" })).toBe(false);
    // A name that its owner points at the gateway's address.
    expect(
      isOriginAllowed("http://rebound.evil.example:18789", { ...remote, host: "rebound.evil.example:18789" }),
    ).toBe(false);
    expect(
      isOriginAllowed("http://rebound.evil.example:18789", {
        allowed: [],
        isLoopbackPeer: true,
        host: "rebound.evil.example:18789",
      }),
    ).toBe(false);
  });

  it("does not concern programs, which send no origin", () => {
    expect(isOriginAllowed(undefined, { ...remote, host: undefined })).toBe(true);
  });
});

describe("F26 forwarded headers", () => {
  const headers: Record<string, string>[] = [
    { "x-forwarded-for": "203.0.113.9" },
    { "x-forwarded-host": "evil.example" },
    { "x-forwarded-proto": "https" },
    { "x-real-ip": "203.0.113.9" },
    { forwarded: "for=203.0.113.9" },
  ];

  it.each(headers)(
    "%o from a peer that is not trusted are refused, at the upgrade and over HTTP",
    async (forwarded) => {
      const expected = {
        error: {
          message: expect.stringContaining("gateway.trustedProxies") as string,
          type: "proxy_attribution_required",
        },
      };
      expect(await refusedUpgrade(forwarded)).toEqual({ status: 403, body: expected });
      const response = await fetch(`${open.http}/healthz`, { headers: forwarded });
      expect([response.status, await response.json()]).toEqual([403, expected]);
    },
  );

  it("from a trusted proxy name the client: the last address that is not a proxy", async () => {
    await using proxied = await openPlane({ settings: { trustedProxies: ["127.0.0.1", "10.0.0.0/8"] } });
    for (const forwarded of [
      { "x-forwarded-for": "127.0.0.1, 198.51.100.4, 203.0.113.9, 10.1.2.3" },
      { "x-real-ip": "203.0.113.9" },
      { forwarded: 'for="203.0.113.9:4711";proto=https' },
    ]) {
      await using client = await proxied.open({ headers: forwarded });
      const ui = { id: "openclaw-ios", version: "1", platform: "ios", mode: "ui", instanceId: "phone" };
      expect((await client.request("connect", connectParams({ client: ui }))).ok).toBe(true);
      await client.event("presence");
      expect(proxied.parts.presence.list()[1]).toMatchObject({ host: "openclaw-ios", ip: "203.0.113.9" });
    }
  });

  it("behind a trusted proxy a page of this machine is a page of another machine", async () => {
    await using proxied = await openPlane({ settings: { trustedProxies: ["127.0.0.1"] } });
    const forwarded = { "x-forwarded-for": "203.0.113.9", origin: "http://localhost:3000" };
    expect((await refusedUpgrade(forwarded, proxied.url)).status).toBe(403);
  });

  it("a proxy list that makes no sense is refused when the gateway is created", async () => {
    await expect(openPlane({ settings: { trustedProxies: ["nginx"] } })).rejects.toThrow(
      'gateway.trustedProxies: "nginx" is not an address',
    );
  });
});

describe("upgrade paths", () => {
  it.each(["/", "/ws", "/gateway?x=1", "/v1/x", "/hooks/x", "/healthz", "/__openclaw__/ws"])(
    "%s is the control plane",
    async (path) => {
      await using client = await open.open({}, path);
      expect((await client.request("connect", connectParams())).ok).toBe(true);
    },
  );
});
