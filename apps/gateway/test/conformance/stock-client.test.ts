/**
 * The client and the schema that are published for protocol 4, as black boxes: what they are told must be what their
 * schema says, and what they can ask must be answered.
 */
import { METHOD_CONTRACTS } from "@openclaw/protocol/contracts";
import { ERROR_CODES, type MethodName } from "@openclaw/protocol";
import { eventually } from "@openclaw/testkit/eventually";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { isPublishedMethod, problemsWith, publishedScope, typeName } from "./published-schema.ts";
import { connectStock, type StockClient, StockDevice } from "./stock.ts";
import { startSubject, type Subject } from "./subject.ts";

/** Served to clients of this gateway and of protocol 3; the published table of protocol 4 does not have them. */
const BEYOND_THE_TABLE = [
  "inbox.list",
  "node.pair.request",
  "node.pair.verify",
  "outbox.discard",
  "outbox.list",
  "outbox.retry",
  "pairing.approve",
  "pairing.list",
  "sessions.export",
  "sessions.unsubscribe",
];
/** Names of the published types of events. The others have none. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  agent: "AgentEvent",
  chat: "ChatEvent",
  tick: "TickEvent",
  shutdown: "ShutdownEvent",
  "device.pair.requested": "DevicePairRequestedEvent",
  "device.pair.resolved": "DevicePairResolvedEvent",
};

let subject: Subject;
let client: StockClient;
beforeAll(async () => {
  subject = await startSubject();
  client = await connectStock(subject.gateway, { caps: ["tool-events"] });
});
afterAll(async () => {
  client[Symbol.dispose]();
  await subject[Symbol.asyncDispose]();
});

describe("R5.2 the published client", () => {
  test("connects with protocol 4, and hello-ok has the published shape", () => {
    expect(client.hello.protocol).toBe(4);
    expect(problemsWith("HelloOk", client.hello)).toEqual([]);
  });

  test("finds the methods of the published table, and of others only what is listed here", () => {
    expect(client.hello.features.methods.filter((name) => !isPublishedMethod(name))).toEqual(BEYOND_THE_TABLE);
  });

  test("needs for each method the scope of the published table", () => {
    const differences = client.hello.features.methods.flatMap((name) => {
      const published = publishedScope(name);
      const { scope } = METHOD_CONTRACTS[name as MethodName];
      const isFixed = published?.startsWith("operator.") === true;
      return !isFixed || published === scope ? [] : [`${name}: ${published}, here ${scope}`];
    });
    // A connection without scopes may ask for health, and for more scopes: gateways of protocol 4 let it, too.
    expect(differences).toEqual([
      "device.scopes.requestUpgrade: operator.read, here null",
      "device.scopes.waitUpgrade: operator.read, here null",
      "health: operator.read, here null",
    ]);
  });

  test("is told what is wrong with its credential, in the code it knows", async () => {
    await expect(connectStock(subject.gateway, { token: "wrong" })).rejects.toMatchObject({
      details: { code: "AUTH_TOKEN_MISMATCH" },
    });
  });
});

describe("every advertised method", () => {
  const methods = Object.keys(METHOD_CONTRACTS).filter((name) => name !== "connect");

  test.each(methods)("%s answers its example in the published shape, or with a published error", async (name) => {
    const { params } = METHOD_CONTRACTS[name as MethodName].example;
    const outcome = await client.request(name, params).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    if ("answer" in outcome) expect(problemsWith(typeName(name, "Result"), outcome.answer) ?? []).toEqual([]);
    else expect(outcome.error).toMatchObject({ gatewayCode: expect.toBeOneOf(Object.keys(ERROR_CODES)) as string });
  });

  test.each(methods)("%s refuses parameters that nobody sends", async (name) => {
    await expect(client.request(name, { "no such parameter": true })).rejects.toMatchObject({
      gatewayCode: "INVALID_REQUEST",
    });
  });
});

test("R5.6 an agent run of the published client ends with the final answer, and its events have the published shapes", async () => {
  const before = client.events.length;
  const run = { message: "hello", sessionKey: "main", idempotencyKey: "conformance-run" };
  expect(await client.request("agent", run, true)).toMatchObject({ runId: "conformance-run", status: "ok" });
  await eventually("the final event", () => client.events.some(({ payload }) => isFinalOf(payload, "conformance-run")));
  expect(client.events.length).toBeGreaterThan(before);
});

test("every event that came has the published shape, numbered without a gap", () => {
  expect(new Set(client.events.map(({ event }) => event)).size).toBeGreaterThan(3);
  const problems = client.events.flatMap(({ event, payload }) => {
    const type = EVENT_TYPES[event];
    return (type === undefined ? [] : (problemsWith(type, payload) ?? [])).map((problem) => `${event}: ${problem}`);
  });
  expect(problems).toEqual([]);
  expect(client.events.flatMap((frame) => problemsWith("EventFrame", frame) ?? [])).toEqual([]);
  const numbers = client.events.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

describe("R5.1 a device of the published client", () => {
  test("is paired on this machine with the token, gets one of its own, and needs no other from then on", async () => {
    const device = new StockDevice();
    const choice = { ...device.options, mode: "cli", clientName: "cli" } as const;
    using first = await connectStock(subject.gateway, choice);
    expect(first.hello.auth).toMatchObject({ deviceToken: expect.any(String) as string });
    const { token } = device;
    expect(token).toMatch(/^[\w-]{43}$/);
    using again = await connectStock(subject.gateway, {
      ...choice,
      token: undefined as unknown as string,
      deviceToken: token as string,
    });
    expect(again.hello.auth).toMatchObject({ method: "device-token" });
    expect(await again.request("health")).toMatchObject({ ok: true });
  });

  test("loses its connection when its token is revoked, and is told to pair again", async () => {
    const device = new StockDevice();
    const choice = { ...device.options, mode: "cli", clientName: "cli" } as const;
    using connected = await connectStock(subject.gateway, choice);
    const { deviceId } = device.identity;
    expect(await client.request("device.pair.list")).toMatchObject({
      paired: expect.arrayContaining([expect.objectContaining({ deviceId }) as unknown]) as unknown,
    });
    const revoked = device.token;
    await client.request("device.token.revoke", { deviceId, role: "operator" });
    await expect(connected.request("health")).rejects.toThrow();
    await expect(
      connectStock(subject.gateway, {
        ...choice,
        token: undefined as unknown as string,
        deviceToken: revoked as string,
      }),
    ).rejects.toThrow();
  });
});

test("R6.9 a node of the published client is approved, asked, and its answer arrives", async () => {
  const device = new StockDevice();
  using node = await connectStock(subject.gateway, {
    ...device.options,
    role: "node",
    mode: "node",
    clientName: "node-host",
    platform: "linux",
    scopes: [],
    caps: ["system"],
    commands: ["system.which"],
  });
  const { deviceId: nodeId } = device.identity;
  const waiting = await eventually("the node in the list", async () => {
    const { nodes } = (await client.request("node.list")) as { nodes: { nodeId: string; pendingRequestId?: string }[] };
    return nodes.find((row) => row.nodeId === nodeId);
  });
  if (waiting.pendingRequestId) await client.request("node.pair.approve", { requestId: waiting.pendingRequestId });
  const asked = client.request("node.invoke", {
    nodeId,
    command: "system.which",
    params: { bins: ["sh"] },
    idempotencyKey: "which-sh",
  });
  const request = await eventually("the request", () =>
    node.events.find(({ event }) => event === "node.invoke.request"),
  );
  expect(problemsWith("NodeInvokeRequestEvent", request.payload)).toEqual([]);
  const { id } = request.payload as { id: string };
  await node.request("node.invoke.result", { id, nodeId, ok: true, payloadJSON: '{"bins":{"sh":"/bin/sh"}}' });
  expect(await asked).toMatchObject({ ok: true, nodeId, payload: { bins: { sh: "/bin/sh" } } });
});

function isFinalOf(payload: unknown, runId: string): boolean {
  return (
    typeof payload === "object" &&
    payload !== null &&
    "runId" in payload &&
    payload.runId === runId &&
    "state" in payload &&
    payload.state === "final"
  );
}
