import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { hangingScript } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

type Gateway = Awaited<ReturnType<typeof startGateway>>;
const told = (gateway: Gateway, message: string, sessionKey = "main") =>
  gateway.call("agent", { message, sessionKey, idempotencyKey: `${sessionKey}:${message}` });

describe("16.2 sessions.resolve", () => {
  it("finds by key, id and label, and says what it did not find", async () => {
    await using gateway = await startGateway(directory.path);
    await told(gateway, "hello");
    const { sessionId = "" } = await gateway.call("chat.history", { sessionKey: "main" });
    await gateway.call("sessions.patch", { key: "main", label: "Kitchen" });
    const found = { ok: true, key: "agent:main:main", agentId: "main" };
    expect(await gateway.call("sessions.resolve", { key: "main" })).toEqual(found);
    expect(await gateway.call("sessions.resolve", { sessionId })).toEqual(found);
    expect(await gateway.call("sessions.resolve", { label: "Kitchen" })).toEqual(found);
    const missing = (params: object) => expect(gateway.call("sessions.resolve", params)).rejects;
    await missing({ key: "agent:main:none" }).toMatchObject({ message: "No session found: agent:main:none" });
    await missing({ label: "none" }).toMatchObject({ message: "No session found with label: none" });
    await missing({ key: "main", agentId: "other" }).toMatchObject({ code: "INVALID_REQUEST" });
    await missing({}).toMatchObject({ message: "Either key, sessionId, or label is required" });
  });
});

describe("16.3 sessions.preview", () => {
  it("shows the last words of each session that is asked for", async () => {
    await using gateway = await startGateway(directory.path);
    await told(gateway, "hello");
    await told(gateway, "a rather long question about the weather");
    await gateway.call("sessions.reset", { key: "agent:main:quiet" });
    const { previews } = await gateway.call("sessions.preview", {
      keys: ["main", "agent:main:none", "agent:main:quiet"],
      limit: 3,
      maxChars: 20,
    });
    expect(previews).toEqual([
      {
        key: "main",
        status: "ok",
        items: [
          { role: "assistant", text: "Echo: hello" },
          { role: "user", text: "a rather long quest…" },
          { role: "assistant", text: "Echo: a rather long…" },
        ],
      },
      { key: "agent:main:none", status: "missing", items: [] },
      { key: "agent:main:quiet", status: "empty", items: [] },
    ]);
  });
});

describe("16.4 sessions.patch", () => {
  it("sets and clears what a session has of its own, and makes the session when there is none", async () => {
    await using gateway = await startGateway(directory.path);
    const key = "agent:main:patch1";
    const { entry } = await gateway.call("sessions.patch", {
      key,
      label: "My Label",
      thinkingLevel: "HIGH",
      verboseLevel: "on",
      sendPolicy: "deny",
      groupActivation: "always",
      responseUsage: "tokens",
    });
    expect(entry).toMatchObject({
      label: "My Label",
      thinkingLevel: "high",
      verboseLevel: "on",
      sendPolicy: "deny",
      groupActivation: "always",
      responseUsage: "tokens",
    });
    const cleared = await gateway.call("sessions.patch", { key, label: null, thinkingLevel: null, sendPolicy: null });
    expect(cleared.entry.sessionId).toBe(entry.sessionId);
    for (const name of ["label", "thinkingLevel", "sendPolicy"]) expect(cleared.entry).not.toHaveProperty(name);
    expect(cleared.entry).toMatchObject({ verboseLevel: "on" });
  });

  it("takes models that there are, and counts the default one as none", async () => {
    const models = { "scripted/test": { alias: "usual" } };
    await using gateway = await startGateway(directory.path, {
      config: { gateway: { mode: "local" }, agents: { defaults: { models } }, channels: { memory: {} } },
    });
    const { entry } = await gateway.call("sessions.patch", { key: "main", model: "usual" });
    expect(entry).not.toHaveProperty("modelOverride");
    await expect(gateway.call("sessions.patch", { key: "main", model: "nope/none" })).rejects.toMatchObject({
      message: 'Unknown model "nope/none". models.list names those there are.',
    });
  });

  it("refuses a label twice, levels there are not, and settings it does not have", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("sessions.patch", { key: "one", label: "My Label" });
    await gateway.call("sessions.patch", { key: "one", label: "My Label" });
    const refused = (params: { key: string }) => expect(gateway.call("sessions.patch", params)).rejects;
    const twice = { key: "two", label: "My Label" };
    await refused(twice).toMatchObject({ code: "INVALID_REQUEST", message: "label already in use: My Label" });
    const bogus = { key: "one", thinkingLevel: "bogus" };
    await refused(bogus).toMatchObject({ message: "invalid thinkingLevel (use off|minimal|low|medium|high|xhigh)" });
    const unknown = { key: "one", elevatedLevel: "on" };
    await refused(unknown).toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("16.5 sessions.reset", () => {
  it("gives a new id and counts from zero, keeps the settings, and makes a session that is not there", async () => {
    await using gateway = await startGateway(directory.path);
    await told(gateway, "hello");
    const before = await gateway.call("sessions.patch", { key: "main", thinkingLevel: "low" });
    expect(before.entry.totalTokens).toBe(8);
    const after = await gateway.call("sessions.reset", { key: "main" });
    expect(after.entry).toMatchObject({ totalTokens: 0, inputTokens: 0, thinkingLevel: "low" });
    expect(after.entry.sessionId).not.toBe(before.entry.sessionId);
    expect((await gateway.call("chat.history", { sessionKey: "main" })).messages).toEqual([]);
    expect(await gateway.call("sessions.reset", { key: "fresh" })).toMatchObject({ key: "agent:main:fresh" });
  });
});

describe("16.6 sessions.delete", () => {
  it("forgets a session after ending what runs in it, but never the main one", async () => {
    await using gateway = await startGateway(directory.path);
    await told(gateway, "hello", "side");
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    await using client = await gateway.connect();
    await client.request("chat.send", { sessionKey: "side", message: "long", idempotencyKey: "k" });
    await begun;
    expect(await gateway.call("sessions.delete", { key: "side" })).toEqual({
      ok: true,
      key: "agent:main:side",
      deleted: true,
      archived: [],
    });
    expect((await gateway.call("sessions.list", {})).count).toBe(0);
    expect(await gateway.call("sessions.delete", { key: "side" })).toMatchObject({ deleted: false });
    for (const key of ["main", "agent:main:main"]) {
      await expect(gateway.call("sessions.delete", { key })).rejects.toMatchObject({
        message: "Cannot delete the main session (agent:main:main).",
      });
    }
  });
});

describe("sessions.export", () => {
  it("hands the transcript out page by page, earlier lives of the session included", async () => {
    await using gateway = await startGateway(directory.path);
    for (const message of ["one", "two", "three"]) await told(gateway, message);
    const texts: string[] = [];
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const page = await gateway.call("sessions.export", { key: "main", limit: 4, ...(cursor ? { cursor } : {}) });
      texts.push(...page.entries.map(({ message }) => JSON.stringify(message["content"])));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(pages).toBe(2);
    expect(texts.map((text) => /"text":"([^"]*)"/u.exec(text)?.[1])).toEqual([
      "one",
      "Echo: one",
      "two",
      "Echo: two",
      "three",
      "Echo: three",
    ]);
    await gateway.call("sessions.reset", { key: "main" });
    const now = await gateway.call("sessions.export", { key: "main" });
    expect(now.entries).toEqual([]);
    const [past = ""] = now.pastSessionIds;
    expect((await gateway.call("sessions.export", { key: "main", sessionId: past })).entries).toHaveLength(6);
    await expect(gateway.call("sessions.export", { key: "main", sessionId: "stranger" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await expect(gateway.call("sessions.export", { key: "nobody" })).rejects.toMatchObject({
      message: "No session found: nobody",
    });
  });
});

describe("12.6 agent.identity.get", () => {
  it("says what an agent is called, and refuses a session of another one", async () => {
    const list = [{ id: "main" }, { id: "crab", name: "Crab", identity: { name: "Clawd", emoji: "🦀" } }];
    await using gateway = await startGateway(directory.path, {
      config: { gateway: { mode: "local" }, agents: { list }, channels: { memory: {} } },
    });
    const get = (params: object) => gateway.call("agent.identity.get", params);
    expect(await get({})).toEqual({ agentId: "main", name: "Assistant", avatar: "A", nameSource: "default" });
    expect(await get({ sessionKey: "agent:crab:main" })).toEqual({
      agentId: "crab",
      name: "Clawd",
      avatar: "🦀",
      emoji: "🦀",
      nameSource: "identity",
    });
    expect(await get({ agentId: "ghost" })).toMatchObject({ agentId: "ghost", name: "Assistant" });
    await expect(get({ agentId: "main", sessionKey: "agent:other:main" })).rejects.toMatchObject({
      message: 'agent "main" does not match session key agent "other"',
    });
  });
});
