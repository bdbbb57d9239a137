import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";

import { HTTP_CONTRACTS } from "@openclaw/protocol/contracts";
import { eventually } from "@openclaw/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import type { HttpRoute } from "../../src/net/http-route.ts";
import { type OpenPlane, openPlane, TOKEN } from "../support/plane.ts";

const bearer = { authorization: `Bearer ${TOKEN}` };

/** Sends bytes over TCP and collects what comes back until the other end closes. */
async function talk(
  port: number,
  bytes: string,
): Promise<{ socket: Socket; received: () => string; ended: Promise<unknown> }> {
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.on("error", () => {});
  socket.write(bytes);
  return { socket, received: () => text, ended: once(socket, "close") };
}

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane();
});
afterAll(() => open[Symbol.asyncDispose]());

describe("R3.1 probes", () => {
  it.each(["/healthz", "/health"])("%s says that the process lives", async (path) => {
    const response = await fetch(open.http + path);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await response.json()).toEqual({ ok: true, status: "live" });
  });

  it.each(["/readyz", "/ready"])("%s says whether everything works", async (path) => {
    const response = await fetch(open.http + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      ready: true,
      failing: [],
      uptimeMs: expect.any(Number) as number,
      eventLoop: { degraded: false },
    });
  });

  it.each(Object.values(HTTP_CONTRACTS))(
    "R5.9 $path answers in the shape that its contract states",
    async (contract) => {
      for (const path of [contract.path, ...contract.aliases]) {
        const response = await fetch(open.http + path);
        const { body } = contract.answers[200];
        if (body === "page") expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
        else expect(body.parse(await response.json())).toBeDefined();
        expect((await fetch(open.http + path, { method: "DELETE" })).status).toBe(path === "/" ? 404 : 405);
      }
    },
  );

  it("names what does not work, and stays alive", async () => {
    await using broken = await openPlane({ problems: [{ component: "storage", message: "The disk is full." }] });
    const response = await fetch(`${broken.http}/readyz`);
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ ready: false, failing: ["storage"] });
    expect(text).not.toContain("disk");
    expect((await fetch(`${broken.http}/healthz`)).status).toBe(200);
  });

  it("/startupz says whether it has started", async () => {
    expect(await (await fetch(`${open.http}/startupz`)).json()).toEqual({
      ok: true,
      status: "started",
      version: "1.2.3",
      uptimeMs: expect.any(Number) as number,
    });
    let isReady = false;
    await using starting = await openPlane({ isReady: () => isReady });
    expect((await fetch(`${starting.http}/startupz`)).status).toBe(503);
    expect((await fetch(`${starting.http}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${starting.http}/readyz`)).json()).toMatchObject({ ready: false, failing: ["startup"] });
    isReady = true;
    expect((await fetch(`${starting.http}/startupz`)).status).toBe(200);
  });

  it("answer HEAD, and 405 to anything that would change something", async () => {
    const head = await fetch(`${open.http}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(`${open.http}/healthz`, { method });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "GET, HEAD"]);
    }
  });
});

describe("pages", () => {
  it("/ says what runs and how to talk to it, and nothing that is not for everyone", async () => {
    const response = await fetch(open.http);
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page).toContain("OpenClaw gateway");
    expect(page).toContain("1.2.3");
    for (const secret of [TOKEN, "/home/me", "test-host"]) expect(page).not.toContain(secret);
    expect(page).not.toMatch(/<script|https?:\/\/|src=|@import|url\(/i);
  });

  it("allow a page its one style and nothing else", async () => {
    const { headers } = await fetch(open.http);
    const policy = headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
  });

  it.each(["/nope", "/v1/models", "/assets/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"])(
    "%s is not found",
    async (path) => {
      const response = await fetch(open.http + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: { message: "Not Found", type: "not_found" } });
      const page = await fetch(open.http + path, { headers: { accept: "text/html" } });
      expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    },
  );

  it("carry the same protections everywhere", async () => {
    for (const path of ["/", "/healthz", "/nope"]) {
      const { headers } = await fetch(open.http + path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("routes of the host", () => {
  const seen: unknown[] = [];
  const routes: HttpRoute[] = [
    {
      method: "POST",
      path: "/hooks/:name",
      auth: "gateway",
      handle: async (request, { call }) => {
        seen.push({
          params: request.params,
          query: request.query.get("q"),
          body: request.json(),
          from: request.remoteAddress,
        });
        const { ok } = await call("health", {});
        return { status: 201, headers: { "content-type": "application/json" }, body: JSON.stringify({ ok }) };
      },
    },
    {
      method: "GET",
      path: "/open",
      auth: "none",
      handle: async (_request, { call }) => ({ body: JSON.stringify(await call("system-presence", {})) }),
    },
    {
      method: "GET",
      path: "/fails/:how",
      auth: "none",
      handle: ({ params }) => {
        if (params["how"] === "known") throw new GatewayError("NOT_LINKED", "no account", { retryAfterMs: 2_000 });
        throw new Error("secret path /home/me");
      },
    },
    {
      method: "GET",
      path: "/stream",
      auth: "none",
      handle: () => ({
        headers: { "content-type": "text/event-stream" },
        body: (async function* chunks() {
          yield "data: 1\n\n";
          yield "data: 2\n\n";
        })(),
      }),
    },
  ];
  let host: OpenPlane;
  beforeAll(async () => {
    host = await openPlane({ httpRoutes: routes, limits: { maxBodyBytes: 1_000 } });
  });
  afterAll(() => host[Symbol.asyncDispose]());

  const post = (body: string, headers: Record<string, string> = bearer) =>
    fetch(`${host.http}/hooks/alarm?q=1`, { method: "POST", headers, body });

  it("get the request and call methods with the rights of the credential", async () => {
    const response = await post('{"a":1}');
    expect([response.status, await response.json()]).toEqual([201, { ok: true }]);
    expect(seen).toEqual([{ params: { name: "alarm" }, query: "1", body: { a: 1 }, from: "127.0.0.1" }]);
  });

  it("without a credential have no rights", async () => {
    const response = await fetch(`${host.http}/open`);
    expect([response.status, await response.json()]).toEqual([
      403,
      { error: { message: "missing scope: operator.read", type: "forbidden" } },
    ]);
  });

  it.each([
    {},
    { authorization: "Bearer wrong" },
    { authorization: TOKEN },
    { "x-openclaw-token": TOKEN },
    { authorization: `Basic ${TOKEN}` },
  ])("are closed to %o, before the body is read", async (headers) => {
    const response = await post("x".repeat(100_000), { "content-type": "text/plain", ...headers });
    expect([response.status, await response.json()]).toEqual([
      401,
      { error: { message: "Unauthorized", type: "unauthorized" } },
    ]);
  });

  it("answer 405 to other methods, 413 to bodies that are too big, 400 to what is not JSON", async () => {
    const get = await fetch(`${host.http}/hooks/alarm`, { headers: bearer });
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await post("x".repeat(2_000))).status).toBe(413);
    const broken = await post("{nope");
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({
      error: { message: expect.stringMatching(/^The body is not JSON/) as string, type: "invalid_request" },
    });
  });

  it("tell known errors in their status, and nothing about others", async () => {
    const known = await fetch(`${host.http}/fails/known`);
    expect([known.status, known.headers.get("retry-after")]).toEqual([409, "2"]);
    const unknown = await fetch(`${host.http}/fails/unknown`);
    expect(unknown.status).toBe(503);
    expect(await unknown.text()).not.toContain("/home/me");
    expect(
      host.parts.log.lines.some(({ level, message }) => level === "error" && message === "an HTTP route failed"),
    ).toBe(true);
  });

  it("can stream", async () => {
    const response = await fetch(`${host.http}/stream`);
    expect([response.headers.get("content-type"), await response.text()]).toEqual([
      "text/event-stream",
      "data: 1\n\ndata: 2\n\n",
    ]);
  });

  it("count wrong credentials like WebSocket clients do", async () => {
    await using guarded = await openPlane({ httpRoutes: routes });
    let status = 401;
    for (let guess = 0; guess < 40 && status === 401; guess += 1) {
      const response = await fetch(`${guarded.http}/hooks/x`, {
        method: "POST",
        headers: { authorization: `Bearer guess-${guess}` },
      });
      status = response.status;
      if (status === 429) expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(status).toBe(429);
  });
});

describe("hostile clients", () => {
  it("headers beyond the limit are refused", async () => {
    const { received, ended } = await talk(
      open.port,
      `GET / HTTP/1.1\r\nhost: x\r\nx-big: ${"x".repeat(20_000)}\r\n\r\n`,
    );
    await ended;
    expect(received()).toMatch(/^HTTP\/1.1 431 /);
  });

  it("garbage gets a 400 and the line cut", async () => {
    const { received, ended } = await talk(open.port, "\u0016\u0003\u0001 not http at all\r\n\r\n");
    await ended;
    expect(received()).toMatch(/^HTTP\/1.1 400 /);
  });

  it("a client that sends its headers for ever is cut off, and so is one that says nothing", async () => {
    await using impatient = await openPlane({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400 } });
    const startedAt = performance.now();
    const dripping = await talk(impatient.port, "GET / HTTP/1.1\r\nhost: x\r\n");
    const drip = setInterval(() => dripping.socket.write("x-a: b\r\n"), 50);
    const silent = await talk(impatient.port, "");
    await Promise.all([dripping.ended, silent.ended]);
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await fetch(`${impatient.http}/healthz`)).status).toBe(200);
  });

  it("connections beyond the limit are dropped, and the gateway goes on", async () => {
    await using small = await openPlane({ limits: { maxSockets: 3 } });
    const sockets = await Promise.all(Array.from({ length: 3 }, () => talk(small.port, "")));
    const fourth = connectTcp(small.port, "127.0.0.1");
    await once(fourth, "close");
    sockets.forEach(({ socket }) => socket.destroy());
    await eventually("room for another", () =>
      fetch(`${small.http}/healthz`).then(
        (response) => response.ok,
        () => false,
      ),
    );
  });

  it("an upgrade to something else than WebSocket is an ordinary request", async () => {
    const sent = httpRequest(`${open.http}/healthz`, {
      headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" },
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(200);
  });
});
