/**
 * Lets everything happen that clients of both generations are told of, and compares the shapes of hello and events with
 * those that were recorded. Source: wire facts 7, 11, 14 to 19.
 */
import { readFile } from "node:fs/promises";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { FakeNode } from "@openclaw/testkit/fake-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AnyFrame, RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";
import { hangingScript } from "../support/scripted-agent.ts";
import { EVENT_DIFFERENCES } from "./event-differences.ts";
import { covers, differences, type Shape } from "./shape.ts";

type Running = Awaited<ReturnType<typeof startGateway>>;

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

/** The name of an event with what tells its kinds apart, as in the fixtures. */
function kindOf({ event, payload }: AnyFrame): string {
  const { stream, data, state, action, decision } = payload ?? {};
  const phase = typeof data === "object" && data !== null && "phase" in data ? data.phase : undefined;
  const parts: Readonly<Record<string, readonly unknown[]>> = {
    agent: [stream, phase],
    chat: [state],
    cron: [action],
    "exec.approval.resolved": [decision],
    "node.pair.resolved": [decision],
    "device.pair.resolved": [decision],
  };
  return [event, ...(parts[event ?? ""] ?? [])].filter((part) => typeof part === "string").join(" ");
}

async function talk(gateway: Running, client: RawClient): Promise<void> {
  const say = (key: string) =>
    client.request("chat.send", { sessionKey: "agent:main:chat1", message: "hello", idempotencyKey: key });
  await say("c-1");
  await client.event("chat", ({ payload }) => payload?.["state"] === "final");
  gateway.agent.script = async function* () {
    yield { type: "text", delta: "Hel" };
    throw new Error("the model is gone");
  };
  await say("c-2");
  await client.event("chat", ({ payload }) => payload?.["state"] === "error");
  const { script, begun } = hangingScript();
  gateway.agent.script = script;
  await say("c-3");
  await begun;
  await client.request("chat.abort", { sessionKey: "agent:main:chat1", runId: "c-3" });
  await client.event("chat", ({ payload }) => payload?.["state"] === "aborted");
}

async function schedule(client: RawClient): Promise<void> {
  const { payload } = await client.request("cron.add", {
    name: "tea",
    schedule: { kind: "every", everyMs: 3_600_000 },
    sessionTarget: "main",
    wakeMode: "next-heartbeat",
    payload: { kind: "systemEvent", text: "tea time" },
  });
  const id = payload?.["id"];
  await client.request("cron.update", { id, patch: { name: "coffee" } });
  await client.request("cron.run", { id, mode: "force" });
  await client.event("cron", (frame) => frame.payload?.["action"] === "finished");
  await client.request("cron.remove", { id });
}

async function approve(gateway: Running, client: RawClient): Promise<void> {
  await using asker = await gateway.connect();
  for (const [id, decision] of [
    ["a-1", "allow-once"],
    ["a-2", "deny"],
  ] as const) {
    const answer = asker.request("exec.approval.request", { id, command: "ls", cwd: "/tmp", timeoutMs: 5_000 });
    await client.event("exec.approval.requested", ({ payload }) => payload?.["id"] === id);
    await client.request("exec.approval.resolve", { id, decision });
    await client.event("exec.approval.resolved", ({ payload }) => payload?.["id"] === id);
    await answer;
  }
}

/** Protocol 3: a node's owner asks for it. Protocol 4: it asks by itself when it connects. */
async function pair(gateway: Running, client: RawClient, protocol: 3 | 4): Promise<void> {
  const asks = async (nodeId: string): Promise<unknown> =>
    (await client.event("node.pair.requested", ({ payload }) => payload?.["nodeId"] === nodeId)).payload?.["requestId"];
  const decided = (nodeId: string, decision: string) =>
    client.event(
      "node.pair.resolved",
      ({ payload }) => payload?.["nodeId"] === nodeId && payload?.["decision"] === decision,
    );
  await using node = await FakeNode.connect({ url: gateway.url, token: gateway.secret, protocol });
  if (protocol === 4) {
    await client.request("node.pair.approve", { requestId: await asks(node.id) });
    await decided(node.id, "approved");
    await client.request("node.pair.remove", { nodeId: node.id });
    await decided(node.id, "removed");
    return;
  }
  for (const [nodeId, method, decision] of [
    ["kitchen-1", "node.pair.approve", "approved"],
    ["kitchen-2", "node.pair.reject", "rejected"],
  ] as const) {
    await client.request("node.pair.request", { nodeId, displayName: "Kitchen", platform: "android" });
    await client.request(method, { requestId: await asks(nodeId) });
    await decided(nodeId, decision);
  }
}

describe.each([3, 4] as const)("recorded events of protocol %d", (protocol) => {
  it("come in shapes that these clients know", async () => {
    const path = new URL(`./fixtures/events.p${protocol}.json`, import.meta.url);
    const recorded = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, Shape>>;
    await using gateway = await startGateway(directory.path, { limits: { tickIntervalMs: 200 } });
    const scopes = ["operator.admin", "operator.approvals", "operator.pairing"];
    await using client = await gateway.connect({ protocol, scopes });
    if (protocol === 4) await client.request("sessions.subscribe", {});
    await talk(gateway, client);
    await schedule(client);
    await approve(gateway, client);
    await pair(gateway, client, protocol);
    await client.request("health", { probe: true });
    await client.request("system-event", { text: "here", mode: "cli" });
    await Promise.all(["tick", "presence", "health"].map((name) => client.event(name)));
    await gateway.stop({ drainMs: 0 });
    await client.close();

    const found = new Set<string>();
    const seen = new Set(["hello-ok"]);
    for (const one of differences(recorded["hello-ok"] ?? {}, await client.answer("hello")))
      found.add(`hello-ok ${one}`);
    for (const frame of client.frames.filter(({ type }) => type === "event")) {
      const kind = kindOf(frame);
      seen.add(kind);
      for (const one of differences(recorded[kind] ?? {}, frame)) found.add(`${kind} ${one}`);
    }
    const known = Object.values(EVENT_DIFFERENCES[protocol]).flat();
    expect([...found].filter((one) => !known.some((entry) => covers(entry, one)))).toEqual([]);
    expect(known.filter((entry) => ![...found].some((one) => covers(entry, one)))).toEqual([]);
    expect(Object.keys(recorded).filter((kind) => !seen.has(kind))).toEqual([]);
  });
});
