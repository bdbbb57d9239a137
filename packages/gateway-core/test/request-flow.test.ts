import { METHODS, type MethodName, type Scope, SCOPES } from "@openclaw/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { GatewayError } from "../src/errors.ts";
import type { Caller, Handler, Services } from "../src/methods/define.ts";
import { type ExtraMethod, RequestFlow } from "../src/request-flow.ts";
import { systemClock } from "../src/host/system.ts";
import { openPlane } from "./support/plane.ts";
import { recordingLog } from "./support/silent-log.ts";

const ALL_METHODS = Object.keys(METHODS) as MethodName[];
const signal = new AbortController().signal;

function flowOf(handlers: { readonly [M in MethodName]?: Handler<M> }, extraMethods: readonly ExtraMethod[] = []) {
  const log = recordingLog();
  // What is tested here is the way to a handler; these handlers use nothing.
  return {
    log,
    flow: new RequestFlow({
      services: { log, clock: systemClock } as Partial<Services> as Services,
      handlers,
      extraMethods,
    }),
  };
}

function caller(changes: Partial<Caller> = {}): Caller {
  return {
    connectionId: "c1",
    role: "operator",
    scopes: ["operator.admin"],
    dialect: 4,
    client: { id: "cli", mode: "cli", version: "1", platform: "linux" },
    caps: [],
    remoteAddress: "127.0.0.1",
    ...changes,
  };
}

async function answers(flow: RequestFlow, method: string, params?: unknown, by: Caller = caller()): Promise<unknown[]> {
  const frames: unknown[] = [];
  await flow.answer({ type: "req", id: "r1", method, params }, by, signal, (frame) => void frames.push(frame));
  return frames;
}

describe("the walk of a request", () => {
  it("ends in the handler's value", async () => {
    const { flow } = flowOf({ "chat.abort": () => ({ ok: true, aborted: false, runIds: [] }) });
    expect(await answers(flow, "chat.abort", { sessionKey: "main" })).toEqual([
      { ok: true, payload: { ok: true, aborted: false, runIds: [] } },
    ]);
  });

  it("checks the scope before the parameters, and the parameters before the handler", async () => {
    let calls = 0;
    const { flow } = flowOf({ "chat.abort": () => ({ ok: true, aborted: Boolean((calls += 1)), runIds: [] }) });
    expect(await answers(flow, "chat.abort", { wrong: 1 }, caller({ scopes: ["operator.read"] }))).toEqual([
      {
        ok: false,
        error: {
          code: "FORBIDDEN",
          message: "missing scope: operator.write",
          details: { code: "MISSING_SCOPE", missingScope: "operator.write", requiredScopes: ["operator.write"] },
        },
      },
    ]);
    expect(await answers(flow, "chat.abort", {})).toEqual([
      {
        ok: false,
        error: {
          code: "INVALID_REQUEST",
          message: "invalid chat.abort params: must have required property 'sessionKey'",
        },
      },
    ]);
    expect(calls).toBe(0);
  });

  it("a node is told its role, an operator without admin only that admin is missing", async () => {
    const { flow } = flowOf({});
    const messages = async (by: Caller) =>
      (await answers(flow, "no.such.method", {}, by)) as { error: { message: string } }[];
    expect((await messages(caller()))[0]?.error.message).toBe("unknown method: no.such.method");
    expect((await messages(caller({ scopes: ["operator.write"] })))[0]?.error.message).toBe(
      "missing scope: operator.admin",
    );
    expect((await messages(caller({ role: "node", scopes: [] })))[0]?.error.message).toBe("unauthorized role: node");
  });

  it.each(["toString", "__proto__", "constructor", "hasOwnProperty"])(
    "%s is an unknown method like any other",
    async (name) => {
      expect(await answers(flowOf({}).flow, name)).toEqual([
        { ok: false, error: { code: "INVALID_REQUEST", message: `unknown method: ${name}` } },
      ]);
    },
  );

  it("a method of the contract without a handler is said to be unavailable, and not advertised", async () => {
    const { flow } = flowOf({});
    expect(flow.served).toEqual([]);
    expect(await answers(flow, "node.list")).toEqual([
      {
        ok: false,
        error: { code: "UNAVAILABLE", message: "node.list is not available in this version of the gateway" },
      },
    ]);
  });

  it("R5.6 a long call answers twice", async () => {
    const accepted = {
      runId: "k",
      status: "accepted" as const,
      acceptedAt: 1,
      sessionKey: "agent:main:main",
      agentId: "main",
    };
    const result = { runId: "k", status: "ok" as const, summary: "completed" };
    const { flow } = flowOf({ agent: () => ({ accepted, final: Promise.resolve(result) }) });
    expect(await answers(flow, "agent", { message: "hi", idempotencyKey: "k" })).toEqual([
      { ok: true, payload: accepted },
      { ok: true, payload: result },
    ]);
    expect(await flow.call("agent", { message: "hi", idempotencyKey: "k" }, caller(), signal)).toEqual(result);
  });

  it("R5.6 a long call that fails says so in the payload and in the error of its second answer", async () => {
    const accepted = {
      runId: "k",
      status: "accepted" as const,
      acceptedAt: 1,
      sessionKey: "agent:main:main",
      agentId: "main",
    };
    const final = Promise.reject(new GatewayError("AGENT_TIMEOUT", "too long"));
    const { flow } = flowOf({ agent: () => ({ accepted, final }) });
    expect((await answers(flow, "agent", { message: "hi", idempotencyKey: "k" }))[1]).toEqual({
      ok: false,
      payload: { runId: "k", status: "error", summary: "too long" },
      error: { code: "AGENT_TIMEOUT", message: "too long", retryable: true },
    });
  });

  it("R5.7 a defect is told plainly and logged whole", async () => {
    const { flow, log } = flowOf({
      "chat.abort": () => {
        throw new Error("ENOENT /home/me/secret");
      },
    });
    const [frame] = await answers(flow, "chat.abort", { sessionKey: "main" });
    expect(frame).toMatchObject({ ok: false, error: { code: "UNAVAILABLE", retryable: true } });
    expect(JSON.stringify(frame)).not.toContain("secret");
    const line = log.lines.find(({ level }) => level === "error");
    expect(line?.fields?.["error"]).toMatchObject({ message: "ENOENT /home/me/secret" });
  });

  it("an answer that can not be encoded is a defect too", async () => {
    await using open = await openPlane({
      extraMethods: [
        { name: "big", scope: null, parse: () => undefined, handle: () => ({ n: 1n }) },
        {
          name: "odd",
          scope: null,
          parse: () => undefined,
          handle: () => {
            throw new GatewayError("NOT_LINKED", "odd", { details: { n: 1n } });
          },
        },
      ],
    });
    await using client = await open.connect();
    expect((await client.request("big")).error?.code).toBe("UNAVAILABLE");
    expect((await client.request("odd")).error?.code).toBe("UNAVAILABLE");
    expect((await client.request("health")).ok).toBe(true);
  });

  it("parameters that mean nothing here are ignored, and the log says so", async () => {
    const { flow, log } = flowOf({ "models.list": () => ({ models: [] }) });
    expect(await answers(flow, "models.list", { view: "all" })).toMatchObject([{ ok: true }]);
    expect(log.lines).toMatchObject([
      { level: "debug", message: "request", fields: { method: "models.list", ignored: ["view"] } },
    ]);
  });

  it("a gateway that stops refuses with the reason and when to come back", async () => {
    const { flow } = flowOf({});
    flow.stop("gateway restarting");
    expect(await answers(flow, "health")).toEqual([
      {
        ok: false,
        error: {
          code: "UNAVAILABLE",
          message: "gateway restarting; new requests are not accepted",
          retryable: true,
          retryAfterMs: 1_500,
        },
      },
    ]);
  });
});

describe("methods of the host", () => {
  const double: ExtraMethod<number> = {
    name: "double",
    scope: "operator.write",
    parse: (params) => {
      const { n } = params as { n?: unknown };
      if (typeof n !== "number") throw new TypeError("n must be a number");
      return n;
    },
    handle: (n, { caller: by }) => ({ twice: n * 2, for: by.connectionId }),
  };

  it("walk the same way", async () => {
    const { flow } = flowOf({}, [double]);
    expect(flow.served).toEqual(["double"]);
    expect(await answers(flow, "double", { n: 21 })).toEqual([{ ok: true, payload: { twice: 42, for: "c1" } }]);
    expect(await answers(flow, "double", { n: "x" })).toEqual([
      { ok: false, error: { code: "INVALID_REQUEST", message: "invalid double params: n must be a number" } },
    ]);
    expect(await answers(flow, "double", {}, caller({ scopes: ["operator.read"] }))).toMatchObject([
      { error: { code: "FORBIDDEN" } },
    ]);
    expect(await answers(flow, "double", {}, caller({ role: "node", scopes: [] }))).toMatchObject([
      { error: { message: "unauthorized role: node" } },
    ]);
  });

  it.each(["health", "node.list", "connect", "double"])("can not be named %s like another", (name) => {
    expect(() => flowOf({}, [double, { ...double, name }])).toThrow(`"${name}"`);
  });
});

describe("S scopes come from the credential alone", () => {
  /** The scopes that let an operator call a method, spelled out independently of the code under test. */
  const implied: Record<Scope, readonly Scope[]> = {
    "operator.admin": ["operator.admin"],
    "operator.write": ["operator.write", "operator.admin"],
    "operator.read": ["operator.read", "operator.write", "operator.admin"],
    "operator.approvals": ["operator.approvals", "operator.admin"],
    "operator.pairing": ["operator.pairing", "operator.admin"],
  };
  const someScopes = fc.subarray([...SCOPES, "operator.bogus", "admin", "", "operator.*"]);
  const role = fc.constantFrom("operator" as const, "node" as const);

  it("every method × role × set of scopes is let through exactly when the contract says so", async () => {
    const reached: string[] = [];
    const handlers = Object.fromEntries(ALL_METHODS.map((name) => [name, () => void reached.push(name)]));
    const { flow } = flowOf(handlers);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ALL_METHODS), role, someScopes, async (name, by, scopes) => {
        const contract = METHODS[name];
        const mayCall =
          contract.roles.includes(by) &&
          (by === "node" || contract.scope === null || implied[contract.scope].some((scope) => scopes.includes(scope)));
        const [frame] = (await answers(flow, name, { "no-such-parameter": 1 }, caller({ role: by, scopes }))) as {
          error?: { code: string; message: string };
        }[];
        // Parameters are looked at only by those who passed: their complaint shows that the rights were enough.
        const passed = frame?.error?.message.startsWith(`invalid ${name} params`) ?? true;
        expect(passed).toBe(mayCall);
        if (!mayCall) expect(frame?.error?.message).toMatch(/^(missing scope|unauthorized role)/);
      }),
      { numRuns: 600 },
    );
    expect(reached).toEqual([]);
  });

  it("nothing a client puts into a request gives it more", async () => {
    await using open = await openPlane();
    await using client = await open.connect({ scopes: [] });
    for (const extra of [
      { scopes: ["operator.admin"] },
      { role: "operator", auth: { token: "x" } },
      { caller: { scopes: ["operator.admin"] } },
    ]) {
      expect((await client.request("system-presence", extra)).error?.code).toBe("FORBIDDEN");
    }
  });

  it("protocol 3 knows a missing scope as INVALID_REQUEST without details", async () => {
    await using open = await openPlane();
    await using client = await open.connect({ minProtocol: 3, maxProtocol: 3, scopes: ["operator.approvals"] });
    expect((await client.request("system-presence")).error).toEqual({
      code: "INVALID_REQUEST",
      message: "missing scope: operator.read",
    });
  });
});
