import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { Authenticator, type SharedSecret } from "../../src/connection/auth.ts";
import { FAILURE_LIMITS, FailureLimiter } from "../../src/connection/failure-limiter.ts";
import { connectParams, openPlane, TOKEN } from "../support/plane.ts";
import { recordingLog } from "../support/silent-log.ts";

const HERE = { address: "127.0.0.1", network: "127.0.0.1", isLoopback: true };
const THERE = { address: "192.0.2.7", network: "192.0.2.7", isLoopback: false };

function authenticator(shared: SharedSecret = { mode: "token", secret: TOKEN }) {
  const clock = new ManualClock();
  const log = recordingLog();
  let current = shared;
  const change = (next: SharedSecret) => void (current = next);
  return { clock, log, change, auth: new Authenticator({ sharedSecret: () => current, clock, log }) };
}

describe("guessing credentials", () => {
  it("is slowed down on loopback like anywhere else", () => {
    const { auth } = authenticator();
    const answers = Array.from({ length: FAILURE_LIMITS.burst + 5 }, (_, guess) =>
      auth.authenticate([`guess-${guess}`], HERE),
    );
    expect(answers.slice(0, FAILURE_LIMITS.burst)).toEqual(
      answers.slice(0, FAILURE_LIMITS.burst).map(() => ({ ok: false, reason: "mismatch", mode: "token" })),
    );
    for (const answer of answers.slice(FAILURE_LIMITS.burst))
      expect(answer).toMatchObject({ reason: "rate-limited", retryAfterMs: 3_000 });
  });

  it("is not helped by further members of the request", () => {
    const { auth } = authenticator();
    for (let guess = 0; guess < FAILURE_LIMITS.burst; guess += 1)
      auth.authenticate([undefined, `a-${guess}`, `b-${guess}`, `c-${guess}`], HERE);
    expect(auth.authenticate([undefined, "d"], HERE)).toMatchObject({ reason: "rate-limited" });
  });

  it("is not answered with a right credential either while the address has to wait, and is when it has waited", async () => {
    const { auth, clock } = authenticator();
    for (let guess = 0; guess < FAILURE_LIMITS.burst; guess += 1) auth.authenticate([`guess-${guess}`], HERE);
    expect(auth.authenticate([TOKEN], HERE)).toMatchObject({ ok: false, reason: "rate-limited" });
    await clock.advance(FAILURE_LIMITS.refillMs);
    expect(auth.authenticate([TOKEN], HERE)).toEqual({ ok: true, method: "token" });
  });

  it("from one address does not lock out another, however much of it there is", () => {
    const { auth } = authenticator();
    for (let host = 0; host < 100; host += 1) {
      const peer = { address: `198.51.100.${host}`, network: `198.51.100.${host}`, isLoopback: false };
      for (let guess = 0; guess < 20; guess += 1) auth.authenticate([`guess-${host}-${guess}`], peer);
    }
    expect(auth.authenticate([TOKEN], THERE)).toEqual({ ok: true, method: "token" });
    // But a single wrong one is all a newcomer gets then.
    expect(auth.authenticate(["wrong"], THERE)).toMatchObject({ reason: "mismatch" });
    expect(auth.authenticate(["wrong-2"], THERE)).toMatchObject({ reason: "rate-limited" });
  });

  it("F24 a client that repeats one stale credential for ever locks nobody out", () => {
    const { auth } = authenticator();
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      expect(auth.authenticate(["token-of-last-week"], HERE)).toMatchObject({ reason: "mismatch" });
    }
    expect(auth.authenticate([TOKEN], HERE)).toEqual({ ok: true, method: "token" });
  });

  it("is told in the log, without the guess", () => {
    const { auth, log } = authenticator();
    for (let guess = 0; guess < FAILURE_LIMITS.burst; guess += 1) auth.authenticate([`guess-${guess}`], HERE);
    expect(log.lines.at(-1)).toMatchObject({ level: "warn", fields: { address: "127.0.0.1" } });
    expect(JSON.stringify(log.lines)).not.toContain("guess-");
  });
});

describe("a changed secret", () => {
  it("counts at once, and a credential that was wrong before may be right now", () => {
    const { auth, change } = authenticator();
    expect(auth.authenticate(["new-token"], HERE)).toMatchObject({ reason: "mismatch" });
    change({ mode: "token", secret: "new-token" });
    expect(auth.authenticate(["new-token"], HERE)).toEqual({ ok: true, method: "token" });
    expect(auth.authenticate([TOKEN], HERE)).toMatchObject({ reason: "mismatch" });
  });
});

it("remembers a bounded number of networks", () => {
  const limiter = new FailureLimiter(new ManualClock());
  for (let host = 0; host < 5_000; host += 1) limiter.failed(`net-${host}`, "guess");
  expect(limiter.knowsWrong("net-0", "guess")).toBe(false);
  expect(limiter.knowsWrong("net-4999", "guess")).toBe(true);
});

describe("over the wire", () => {
  it("a brute force gets a wait, in an error that says how long", async () => {
    await using open = await openPlane();
    let refused;
    for (let guess = 0; guess <= FAILURE_LIMITS.burst && !refused?.error?.retryAfterMs; guess += 1) {
      await using client = await open.open();
      refused = await client.request("connect", connectParams({ auth: { token: `guess-${guess}` } }));
      expect((await client.close()).code).toBe(1008);
    }
    expect(refused?.error).toMatchObject({
      code: "INVALID_REQUEST",
      retryable: true,
      details: { code: "AUTH_RATE_LIMITED" },
    });
    expect(refused?.error?.message).toMatch(
      /^unauthorized: too many wrong credentials from this address; try again in [123] s$/,
    );
  });

  it("clients that are connected do not notice", async () => {
    await using open = await openPlane();
    await using client = await open.connect();
    for (let guess = 0; guess < FAILURE_LIMITS.burst + 2; guess += 1) {
      await using attacker = await open.open();
      await attacker.request("connect", connectParams({ auth: { token: `guess-${guess}` } }));
    }
    expect((await client.request("health")).ok).toBe(true);
  });
});
