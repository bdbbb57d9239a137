import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type OpenPlane, openPlane, connectParams } from "../support/plane.ts";
import type { AnyFrame } from "../support/raw-client.ts";

// Bounded: a fixed number of cases, small messages, and the gateway must be its old self afterwards.
const RUNS = 150;

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane({
    extraMethods: [{ name: "echo", scope: null, parse: (params) => params, handle: (params) => params }],
    limits: { maxOpeningPerNetwork: 512 },
  });
});
afterAll(() => open[Symbol.asyncDispose]());

/** A JSON value with one thing wrong somewhere, or bytes that are not JSON any more. */
function mutated(seed: unknown): fc.Arbitrary<string | Buffer> {
  const text = JSON.stringify(seed);
  const position = fc.nat(text.length - 1);
  return fc.oneof(
    fc.tuple(position, fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[at] = byte;
      return bytes;
    }),
    fc
      .tuple(position, position)
      .map(([from, to]) => text.slice(0, Math.min(from, to)) + text.slice(Math.max(from, to))),
    fc.tuple(position, fc.string({ maxLength: 20 })).map(([at, extra]) => text.slice(0, at) + extra + text.slice(at)),
    fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
    replacedMember(seed).map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(2_000).map((depth) => "[".repeat(depth)),
  );
}

/** The seed with one of its members, however deep, replaced by another value. */
function replacedMember(seed: unknown): fc.Arbitrary<unknown> {
  const paths = memberPaths(seed);
  return fc.tuple(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 })).map(([path, value]) => {
    const copy = structuredClone(seed) as Record<string, unknown>;
    let parent: Record<string, unknown> = copy;
    for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
    parent[path.at(-1) ?? ""] = value;
    return copy;
  });
}

function memberPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return path.length > 0 ? [[...path]] : [];
  return Object.entries(value).flatMap(([key, member]) => [[...path, key], ...memberPaths(member, [...path, key])]);
}

const CLOSE_CODES = new Set([1000, 1002, 1007, 1008, 1009]);

function expectWellFormed(frames: readonly AnyFrame[]): void {
  for (const frame of frames) {
    expect(["res", "event"]).toContain(frame.type);
    if (frame.error) {
      expect(frame.error.message.length).toBeGreaterThan(0);
      expect(JSON.stringify(frame)).not.toMatch(/right-token|node_modules|\.ts:/);
    }
  }
}

describe("mutated frames", () => {
  it("before the handshake end in a refusal with a known code, or in a proper connection", async () => {
    const seed = {
      type: "req",
      id: "c1",
      method: "connect",
      params: connectParams({
        caps: ["a"],
        device: { id: "x", publicKey: "y", signature: "z", signedAt: 1, nonce: "n" },
      }),
    };
    await fc.assert(
      fc.asyncProperty(mutated(seed), fc.boolean(), async (frame, isBinary) => {
        await using client = await open.open();
        client.sendRaw(frame, isBinary);
        const { code, reason } = await client.close();
        expect(CLOSE_CODES).toContain(code);
        expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(120);
        expectWellFormed(client.frames);
      }),
      { numRuns: RUNS },
    );
    expect(open.parts.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  }, 60_000);

  it("after the handshake get an answer or none, and the connection goes on unless the text was not UTF-8", async () => {
    const seed = { type: "req", id: "r1", method: "echo", params: { a: [1, { b: null }], c: "text" } };
    let client = await open.connect();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(mutated(seed), fc.boolean(), async (frame, isBinary) => {
        client.sendRaw(frame, isBinary);
        number += 1;
        const id = `check-${number}`;
        const answer = await client.request("echo", { number }, id).catch(async () => client.close());
        if ("code" in answer) {
          // RFC 6455: text that is not UTF-8 ends the connection.
          expect(answer.code).toBe(1007);
          client = await open.connect();
        } else expect(answer).toEqual({ type: "res", id, ok: true, payload: { number } });
        expectWellFormed(client.frames);
      }),
      { numRuns: RUNS },
    );
    expect(open.parts.log.lines.filter(({ level }) => level === "error")).toEqual([]);
  }, 60_000);

  it("leave nothing behind", async () => {
    await using client = await open.connect();
    expect((await client.request("health")).ok).toBe(true);
  });
});
