import { ManualClock } from "@openclaw/testkit/clock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CLI, connectParams, connectParams3, type OpenPlane, openPlane, TOKEN } from "../support/plane.ts";

let open: OpenPlane;
beforeAll(async () => {
  open = await openPlane();
});
afterAll(() => open[Symbol.asyncDispose]());

interface Refusal {
  readonly code?: string;
  readonly message: string;
  readonly details?: unknown;
  readonly close?: { readonly code: number; readonly reason: string };
}

/** Sends a first request and expects the recorded refusal: an error frame with the whole text, then the close frame. */
async function expectRefusal(params: unknown, refusal: Refusal): Promise<void> {
  await using client = await open.open();
  const { ok, error } = await client.request("connect", params);
  expect(ok).toBe(false);
  expect(error).toEqual({
    code: refusal.code ?? "INVALID_REQUEST",
    message: refusal.message,
    ...(refusal.details === undefined ? {} : { details: refusal.details }),
  });
  expect(await client.close()).toEqual(refusal.close ?? { code: 1008, reason: refusal.message.slice(0, 120) });
}

describe("R5.1 the first frame", () => {
  it("is preceded by a challenge with a nonce of this socket's own", async () => {
    await using first = await open.open();
    await using second = await open.open();
    expect(first.nonce).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.nonce).not.toBe(second.nonce);
    expect(first.frames[0]).not.toHaveProperty("seq");
  });

  it("must be connect", async () => {
    await using client = await open.open();
    const message = "invalid handshake: first request must be connect";
    expect((await client.request("health", {})).error).toEqual({ code: "INVALID_REQUEST", message });
    expect(await client.close()).toEqual({ code: 1008, reason: message });
  });

  it.each([
    ["an event", { type: "event", event: "x" }],
    ["a request without an id", { type: "req", method: "connect", params: connectParams() }],
    ["a request with a number for an id", { type: "req", id: 7, method: "connect", params: connectParams() }],
    ["an empty object", {}],
    ["an array", [1]],
    ["null", null],
  ])("is refused without an answer when it is %s", async (_name, frame) => {
    await using client = await open.open();
    client.sendRaw(JSON.stringify(frame));
    expect(await client.close()).toEqual({ code: 1008, reason: "invalid request frame" });
    expect(client.frames.filter(({ type }) => type === "res")).toEqual([]);
  });

  it.each([
    ["malformed JSON", "{nope", false],
    ["empty", "", false],
    ["binary garbage", Buffer.from([0, 1, 2]), true],
    ["binary that is not UTF-8", Buffer.from([0x22, 0xff, 0x22]), true],
  ] as const)("closes the socket without a word when it is %s", async (_name, data, isBinary) => {
    await using client = await open.open();
    client.sendRaw(data, isBinary);
    expect(await client.close()).toEqual({ code: 1000, reason: "" });
  });

  it("may be binary when its bytes are JSON", async () => {
    await using client = await open.open();
    client.sendRaw(
      Buffer.from(JSON.stringify({ type: "req", id: "b1", method: "connect", params: connectParams() })),
      true,
    );
    expect(await client.answer("b1")).toMatchObject({ ok: true, payload: { type: "hello-ok" } });
  });

  it("F25 is waited for 15 seconds, then the socket is closed", async () => {
    const clock = new ManualClock();
    await using timed = await openPlane({ clock });
    await using client = await timed.open();
    await clock.advance(14_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(await client.close()).toEqual({ code: 1000, reason: "" });
  });
});

describe("R5.2 connect parameters", () => {
  it.each([
    [undefined, "invalid connect params: must be object"],
    [connectParams({ role: "" }), /^invalid connect params: at \/role: must not have fewer than 1 characters$/i],
    [
      connectParams({ client: { ...CLI, id: "my-client" } }),
      /^invalid connect params: at \/client\/id: must be equal to one of the allowed values/,
    ],
    [
      connectParams({ client: { ...CLI, mode: "operator" } }),
      /^invalid connect params: at \/client\/mode: must be equal to one of the allowed values/,
    ],
    [
      connectParams({ client: { id: "cli", platform: "linux", mode: "cli" } }),
      "invalid connect params: at /client: must have required property 'version'",
    ],
    [connectParams({ foo: 1 }), "invalid connect params: at root: unexpected property 'foo'"],
    [connectParams({ client: { ...CLI, foo: 1 } }), "invalid connect params: at /client: unexpected property 'foo'"],
    [connectParams({ auth: { token: TOKEN, foo: 1 } }), "invalid connect params: at /auth: unexpected property 'foo'"],
    [connectParams({ minProtocol: 0 }), "invalid connect params: at /minProtocol: must be >= 1"],
    [connectParams({ maxProtocol: undefined }), "invalid connect params: must have required property 'maxProtocol'"],
  ])("are validated (%#)", async (params, message) => {
    await using client = await open.open();
    // `undefined` as parameters reaches the gateway as a request without them.
    const { ok, error } = await client.request("connect", params);
    expect({ ok, code: error?.code }).toEqual({ ok: false, code: "INVALID_REQUEST" });
    if (typeof message === "string") expect(error?.message).toBe(message);
    else expect(error?.message).toMatch(message);
    const { code, reason } = await client.close();
    expect(code).toBe(1008);
    expect(error?.message.startsWith(reason)).toBe(true);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(120);
  });

  it("cut a close reason between characters, not through one", async () => {
    await using client = await open.open();
    const property = `${"x".repeat(69)}${"ä".repeat(40)}`;
    const { error } = await client.request("connect", connectParams({ [property]: 1 }));
    const { reason } = await client.close();
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(120);
    expect(error?.message.startsWith(reason)).toBe(true);
  });

  it("know every role that is one", () => expectRefusal(connectParams({ role: "bogus" }), { message: "invalid role" }));
});

describe("version negotiation", () => {
  it.each([
    [3, 3, 3],
    [4, 4, 4],
    [3, 4, 4],
    [1, 10, 4],
    [2, 3, 3],
    [1, 3, 3],
    [4, 5, 4],
  ])("[%i, %i] gets %i", async (minProtocol, maxProtocol, protocol) => {
    await using client = await open.open();
    const { payload } = await client.request("connect", connectParams({ minProtocol, maxProtocol }));
    expect(payload?.["protocol"]).toBe(protocol);
  });

  it.each([
    [1, 2],
    [5, 6],
    [4, 3],
    [9, 9],
  ])("[%i, %i] is refused before the credential is looked at", (minProtocol, maxProtocol) =>
    expectRefusal(connectParams({ minProtocol, maxProtocol, auth: { token: "wrong" } }), {
      message: "protocol mismatch",
      details: {
        code: "PROTOCOL_MISMATCH",
        clientMinProtocol: minProtocol,
        clientMaxProtocol: maxProtocol,
        expectedProtocol: 4,
        minimumProtocol: 3,
        minimumProbeProtocol: 3,
      },
      close: { code: 1002, reason: "protocol mismatch" },
    }),
  );
});

describe("credentials", () => {
  const cli3 = "set gateway.remote.token to match gateway.auth.token";
  const cli4 = "use this gateway's gateway.auth.token or pair the device";
  const library = { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" };
  const webchat = { id: "webchat", version: "1.0.0", platform: "linux", mode: "webchat" };
  const mismatch = {
    code: "AUTH_TOKEN_MISMATCH",
    authReason: "token_mismatch",
    canRetryWithDeviceToken: false,
    recommendedNextStep: "update_auth_credentials",
  };

  it("refuse a wrong token, in the words of protocol 3", () =>
    expectRefusal(connectParams3({ auth: { token: "wrong-a" } }), {
      message: `unauthorized: gateway token mismatch (${cli3})`,
    }));

  it("refuse a wrong token, in the words and with the details of protocol 4", () =>
    expectRefusal(connectParams({ auth: { token: "wrong-b" } }), {
      message: `unauthorized: gateway token mismatch (${cli4})`,
      details: mismatch,
    }));

  it("say where a library and a page get theirs from", async () => {
    await expectRefusal(connectParams({ client: library, auth: { token: "wrong-c" } }), {
      message: "unauthorized: gateway token mismatch (provide gateway auth token)",
      details: mismatch,
    });
    await expectRefusal(connectParams3({ client: library, auth: { token: "wrong-c" } }), {
      message: "unauthorized: gateway token mismatch (provide gateway auth token)",
    });
    await expectRefusal(connectParams3({ client: webchat, auth: { token: "wrong-c" } }), {
      message:
        "unauthorized: gateway token mismatch (open a tokenized dashboard URL or paste token in Control UI settings)",
    });
    await expectRefusal(connectParams({ client: webchat, auth: { token: "wrong-c" } }), {
      message:
        "unauthorized: gateway token mismatch (open the dashboard URL and paste the token in Control UI settings)",
      details: mismatch,
    });
  });

  it("are needed: no device and no credential is nobody", async () => {
    await expectRefusal(connectParams3({ auth: undefined }), {
      code: "NOT_PAIRED",
      message: "device identity required",
    });
    await expectRefusal(connectParams({ auth: {} }), {
      code: "NOT_PAIRED",
      message: "device identity required",
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
    });
  });

  it("are accepted as token or as password, whatever the mode", async () => {
    await using asPassword = await open.connect({ auth: { password: TOKEN } });
    expect(asPassword.hello.payload?.["auth"]).toMatchObject({ method: "token" });
    await using both = await open.connect({ auth: { token: "wrong-d", password: TOKEN } });
    expect(both.hello.ok).toBe(true);
  });

  it("are told as missing or wrong by the field of the mode in protocol 3, by any field in protocol 4", async () => {
    await expectRefusal(connectParams3({ auth: { password: "nope" } }), {
      message: `unauthorized: gateway token missing (${cli3})`,
    });
    await expectRefusal(connectParams({ auth: { password: "nope" } }), {
      message: `unauthorized: gateway token mismatch (${cli4})`,
      details: mismatch,
    });
  });

  it("may be a password", async () => {
    await using guarded = await openPlane({ auth: { mode: "password", secret: "pw" } });
    await using client = await guarded.connect({ auth: { password: "pw" } });
    expect(client.hello.payload?.["auth"]).toEqual({
      method: "password",
      role: "operator",
      scopes: ["operator.admin"],
    });
    await using wrong = await guarded.open();
    expect((await wrong.request("connect", connectParams({ auth: { password: "no" } }))).error).toEqual({
      code: "INVALID_REQUEST",
      message: "unauthorized: gateway password mismatch (use this gateway's gateway.auth.password)",
      details: { ...mismatch, code: "AUTH_PASSWORD_MISMATCH", authReason: "password_mismatch" },
    });
    await using old = await guarded.open();
    expect((await old.request("connect", connectParams3({ auth: { token: "no" } }))).error?.message).toBe(
      "unauthorized: gateway password missing (set gateway.remote.password to match gateway.auth.password)",
    );
  });

  it("let nobody in while the gateway has no secret", async () => {
    await using unset = await openPlane({ auth: { mode: "token", secret: undefined } });
    for (const token of ["", "undefined", "x"]) {
      await using client = await unset.open();
      expect((await client.request("connect", connectParams({ auth: { token } }))).ok).toBe(false);
    }
  });
});

describe("roles and scopes", () => {
  it("are what was asked for, when the shared secret is right", async () => {
    await using client = await open.connect({ scopes: ["operator.read", "operator.bogus"] });
    expect(client.hello.payload?.["auth"]).toMatchObject({
      role: "operator",
      scopes: ["operator.read", "operator.bogus"],
    });
  });

  it("are everything for a client of protocol 3 that asks for nothing, and nothing in protocol 4", async () => {
    await using old = await open.connect(connectParams3({ scopes: undefined }));
    expect((await old.request("no.such.method")).error?.message).toBe("unknown method: no.such.method");
    await using recent = await open.connect({ scopes: [] });
    expect((await recent.request("system-presence")).error?.message).toBe("missing scope: operator.read");
    expect((await recent.request("health")).ok).toBe(true);
  });

  it("do not exist for a node, and a node of protocol 4 needs a device", async () => {
    const node = { id: "node-host", version: "1.0.0", platform: "linux", mode: "node" };
    await using old = await open.connect(connectParams3({ client: node, role: "node", scopes: ["operator.admin"] }));
    expect((await old.request("system-presence")).error?.message).toBe("unauthorized role: node");
    await expectRefusal(connectParams({ client: node, role: "node", scopes: [] }), {
      code: "NOT_PAIRED",
      message: "device identity required",
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
    });
  });
});

it("F40 a gateway that is still starting tells clients to come back", async () => {
  let isReady = false;
  await using starting = await openPlane({ isReady: () => isReady });
  await using client = await starting.open();
  expect((await client.request("connect", connectParams())).error).toEqual({
    code: "UNAVAILABLE",
    message: "gateway starting; retry shortly",
    details: { reason: "startup-sidecars" },
    retryable: true,
    retryAfterMs: 500,
  });
  expect(await client.close()).toEqual({ code: 1013, reason: "gateway starting" });
  isReady = true;
  await using second = await starting.connect();
  expect(second.hello.ok).toBe(true);
});
