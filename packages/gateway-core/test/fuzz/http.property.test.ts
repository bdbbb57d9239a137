import { connect as connectTcp } from "node:net";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import { type Attacked, DEADLINE_MS, LIMITS, startUnderAttack } from "./world.ts";

let gateway: Attacked;
beforeAll(async () => {
  gateway = await startUnderAttack({
    limits: {
      ...LIMITS,
      headersTimeoutMs: 1_000,
      requestTimeoutMs: 2_000,
      keepAliveTimeoutMs: 1_000,
      maxBodyBytes: 65_536,
    },
    routes: [
      {
        method: "POST",
        path: "/hooks/:name",
        auth: "none",
        handle: (request) => ({ body: JSON.stringify(request.json()) }),
      },
      {
        method: "GET",
        path: "/files/*",
        auth: "gateway",
        handle: ({ path, query }) => ({ body: `${path}?${query.toString()}` }),
      },
    ],
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("GET", "POST", "HEAD") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "GET",
      "POST",
      "HEAD",
      "PUT",
      "DELETE",
      "OPTIONS",
      "PATCH",
      "TRACE",
      "CONNECT",
      "PRI",
      "get",
      "M-SEARCH",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const segment = fc.oneof(
  fc.constantFrom(
    "",
    ".",
    "..",
    "%2e%2e",
    "%00",
    "%",
    "%zz",
    "%ff%fe",
    "\\",
    "hooks",
    "files",
    "health",
    "ready",
    ";",
    "*",
    ":name",
  ),
  fc.constantFrom("__proto__", "constructor", "a".repeat(9_000), "é", "?", "#", "@evil.example", "http:"),
  fc.string({ maxLength: 10 }).map(encodeURIComponent),
  fc.webQueryParameters().map((query) => `?${query}`),
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
  fc.array(segment, { maxLength: 3 }).map((parts) => parts.join("/")),
  fc.constantFrom(
    "/hooks/one",
    "/files/a",
    "//",
    "//evil.example/a",
    "http://evil.example/",
    "*",
    "/?a=%",
    "/health?x",
  ),
);
const header = fc.oneof(
  fc.constantFrom(
    "Host: ",
    "Host: a\r\nHost: b",
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 5\r\nContent-Length: 6",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked, gzip",
    "Content-Length: 3\r\nTransfer-Encoding: chunked",
    "Content-Type: application/json",
    "Content-Type: multipart/form-data; boundary=",
    "Content-Encoding: gzip",
    "Expect: 100-continue",
    "Expect: something-else",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Connection: Upgrade\r\nUpgrade: h2c",
    "Origin: null",
    "Origin: https://evil.example",
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-For: , ,\u0000",
    "Tailscale-User-Login: root",
    "Authorization: Bearer wrong",
    "Authorization: Bearer ",
    "Authorization: Basic Og==",
    "Accept: text/html",
    "Cookie: __proto__=1",
    `X-Long: ${"a".repeat(20_000)}`,
    ": nameless",
    "no colon",
    " folded: yes",
  ),
  fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 20 })).map((pair) => pair.join(": ")),
);
const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('{"__proto__":{"polluted":true}}', "5\r\nhello\r\n0\r\n\r\n", "zz\r\n", "{", "a".repeat(80_000))
    .map((text) => Buffer.from(text)),
);
const request = fc.record({
  method,
  path,
  version: fc.oneof(
    { weight: 9, arbitrary: fc.constant("HTTP/1.1") },
    { weight: 1, arbitrary: fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/9", "") },
  ),
  headers: fc.array(header, { maxLength: 3 }),
  body,
});

/** Everything that came back until the gateway closed the line. Rejects when it does not. */
async function exchange(bytes: Buffer, isHalfClosed: boolean): Promise<string> {
  const socket = connectTcp(gateway.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.write(bytes);
  if (isHalfClosed) socket.end();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The line was not closed.")), DEADLINE_MS * 2);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return Buffer.concat(chunks).toString();
}

describe("HTTP requests that no client should send", () => {
  it(
    "are answered with a status that blames the sender, or cut",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(request, { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          async (requests, hasLength) => {
            const bytes = requests.map(({ method: verb, path: where, version, headers, body: rest }) => {
              const length = hasLength ? [`Content-Length: ${rest.length}`] : [];
              const head = [`${verb} ${where} ${version}`, "Host: 127.0.0.1", ...length, ...headers].join("\r\n");
              return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), rest]);
            });
            const answer = await exchange(Buffer.concat(bytes), true);
            for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gmu)) expect(Number(status)).not.toBe(500);
            expect(answer).not.toContain(gateway.secret);
            expect(answer).not.toMatch(/node_modules|\.ts:\d|at Object\./u);
            expect(gateway.log.lines.filter(({ level }) => level === "error")).toEqual([]);
          },
        ),
        { ...propertyBounds, numRuns: propertyBounds.numRuns * 5 },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "and those that never end are cut in time",
    async () => {
      const starts = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "",
        "GET",
        "GET / HTTP/1.1\r\nHost: a\r\nX: ",
        "POST /hooks/one HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
      ];
      const answers = await Promise.all(starts.map((start) => exchange(Buffer.from(start), false)));
      for (const answer of answers) expect(answer).toMatch(/^(?:$|HTTP\/1\.1 [24]\d\d )/u);
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "leave nothing behind, and nobody else noticed",
    async () => {
      await gateway.expectUnharmed();
    },
    PROPERTY_TIMEOUT_MS,
  );
});
