import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { connectParams } from "../support/plane.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import { RawClient } from "../support/raw-client.ts";
import { type Mutation, mutation } from "./mutations.ts";
import { ask, type Attacked, DEADLINE_MS, expectReason, expectWellFormed, send, startUnderAttack } from "./world.ts";

interface Recorded {
  readonly calls: readonly { readonly method: string; readonly params?: unknown }[];
}

/** What clients of both generations were seen to send. */
const CALLS = [3, 4].flatMap((protocol) => {
  const path = new URL(`../conformance/fixtures/recorded.p${protocol}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as Recorded).calls;
});

type Move =
  | { readonly kind: "call"; readonly call: number; readonly id: string; readonly mutation: Mutation }
  | { readonly kind: "connect"; readonly isSigned: boolean; readonly mutation: Mutation }
  | { readonly kind: "burst"; readonly count: number; readonly id: string }
  | { readonly kind: "ping"; readonly count: number };

const id = fc.constantFrom("r1", "r2", "hello", "0", "x".repeat(200));
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("call" as const), call: fc.nat(), id, mutation }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("connect" as const), isSigned: fc.boolean(), mutation }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("burst" as const), count: fc.integer({ min: 1, max: 400 }), id }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ping" as const), count: fc.integer({ min: 1, max: 50 }) }) },
);
const start = fc.record({
  protocol: fc.constantFrom(3 as const, 4 as const),
  role: fc.constantFrom("operator" as const, "node" as const),
  moves: fc.array(move, { minLength: 1, maxLength: 10 }),
});

let gateway: Attacked;
const device = new Device();
beforeAll(async () => {
  gateway = await startUnderAttack();
});
afterAll(() => gateway[Symbol.asyncDispose]());

function connectFrame(client: RawClient, protocol: 3 | 4, { role = "operator", isSigned = true } = {}) {
  const scopes = role === "operator" ? ["operator.admin"] : [];
  const token = gateway.secret;
  const signed = { role, scopes, token, nonce: client.nonce, signedAt: Date.now() };
  const params = connectParams({
    minProtocol: protocol,
    maxProtocol: protocol,
    role,
    scopes,
    auth: { token },
    caps: ["tool-events"],
    ...(isSigned ? { device: device.proof(signed) } : {}),
  });
  return { type: "req", id: "hello", method: "connect", params };
}

function play(client: RawClient, protocol: 3 | 4, one: Move): void {
  if (client.socket.readyState !== client.socket.OPEN) return;
  if (one.kind === "call") {
    const { method, params } = CALLS[one.call % CALLS.length] ?? { method: "health" };
    send(client, one.mutation.apply({ type: "req", id: one.id, method, params }));
  } else if (one.kind === "connect") {
    send(client, one.mutation.apply(connectFrame(client, protocol, { isSigned: one.isSigned })));
  } else if (one.kind === "burst") {
    const frame = JSON.stringify({ type: "req", id: one.id, method: "last-heartbeat" });
    for (let number = 0; number < one.count; number += 1) client.sendRaw(frame);
  } else for (let number = 0; number < one.count; number += 1) client.socket.ping(Buffer.alloc(number));
}

/** Whatever was sent, the next request is answered, or the connection was ended for a reason. */
async function expectResponsive(client: RawClient): Promise<void> {
  const outcome = await ask(client, { id: "are-you-there", method: "health", params: {} });
  expect(outcome.kind).not.toBe("nothing");
  if (outcome.kind === "closed") expectReason(outcome);
  expectWellFormed(client.frames, gateway.secret);
}

describe("frames that no client should send", () => {
  it(
    "before the handshake end in a refusal, or in a proper connection",
    async () => {
      await fc.assert(
        fc.asyncProperty(start, async ({ protocol, moves }) => {
          await using client = await RawClient.open(gateway.url);
          for (const one of moves) play(client, protocol, one);
          await expectResponsive(client);
        }),
        propertyBounds,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "after the handshake are answered, or end the connection with a reason",
    async () => {
      await fc.assert(
        fc.asyncProperty(start, async ({ protocol, role, moves }) => {
          await using client = await RawClient.open(gateway.url);
          client.sendRaw(JSON.stringify(connectFrame(client, protocol, { role })));
          expect(await client.answer("hello")).toMatchObject({ ok: true });
          for (const one of moves) play(client, protocol, one);
          await expectResponsive(client);
        }),
        propertyBounds,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "and bytes that are no frames at all end it too",
    async () => {
      const header = fc.tuple(
        fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x08, 0x09, 0x81, 0x88, 0x8f, 0xc1, 0xf1),
        fc.nat(255),
      );
      const noise = fc.tuple(fc.option(header), fc.uint8Array({ minLength: 1, maxLength: 400 }));
      await fc.assert(
        fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 5 }), async (chunks) => {
          const socket = connectTcp(gateway.port, "127.0.0.1");
          socket.on("error", () => {});
          socket.resume();
          socket.write(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
          );
          const closed = once(socket, "close", { signal: AbortSignal.timeout(DEADLINE_MS * 2) });
          for (const [prefix, bytes] of chunks) socket.write(Buffer.concat([Buffer.from(prefix ?? []), bytes]));
          socket.end();
          await closed;
        }),
        propertyBounds,
      );
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
