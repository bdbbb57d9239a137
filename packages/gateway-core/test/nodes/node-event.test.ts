import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, it } from "vitest";

import { invoke, startNodeGateway } from "../support/nodes.ts";

const HOST = { caps: ["system"], commands: ["system.which", "system.run"] };

describe.each([3, 4] as const)("node.event of a node of protocol %i", (protocol) => {
  it("begins turns for what a node hears and asks, in the session it names", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectApproved({ protocol });
    const ok = { ok: true };
    expect(
      (await node.request("node.event", { event: "voice.transcript", payloadJSON: '{"text":" "}' })).payload,
    ).toEqual(ok);
    const heard = { event: "voice.transcript", payloadJSON: '{"text":"What time is it?"}' };
    expect((await node.request("node.event", heard)).payload).toEqual(ok);
    const asked = { event: "agent.request", payload: { message: "Look at this.", thinking: "low" } };
    expect((await node.request("node.event", asked)).payload).toEqual(ok);
    await eventually("two turns", () => gateway.agent.turns.length === 2);
    const prompts = new Map(gateway.agent.turns.map(({ sessionKey, prompt }) => [sessionKey, prompt]));
    expect(prompts.get("agent:main:main")).toContain("What time is it?");
    expect(prompts.get(`agent:main:node-${node.id}`)).toContain("Look at this.");
  });

  it("delivers what happens in the sessions that a node follows, to it alone and without numbers", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol });
    await using node = await gateway.connectApproved({ protocol });
    await using other = await gateway.connectApproved({ protocol });
    let heardInside = 0;
    gateway.events.on("chat", ({ state }) => {
      if (state === "final") heardInside += 1;
    });
    await node.request("node.event", { event: "chat.subscribe", payloadJSON: '{"sessionKey":"NodeChat"}' });
    const send = (sessionKey: string, key: string) =>
      operator.request("chat.send", { sessionKey, message: `hi from ${key}`, idempotencyKey: key });
    await send("main", "c1");
    await send("nodechat", "c2");
    const final = await node.event("chat", ({ payload }) => payload?.["state"] === "final");
    expect(final.payload).toMatchObject({ sessionKey: "agent:main:nodechat", runId: "c2" });
    expect(final).not.toHaveProperty("seq");
    expect(node.events("agent").map(({ payload }) => payload?.["sessionKey"])).toContain("agent:main:nodechat");
    const told = await operator.event(
      "chat",
      ({ payload }) => payload?.["runId"] === "c2" && payload["state"] === "final",
    );
    expect(told.seq).toEqual(expect.any(Number));
    await node.request("node.event", { event: "chat.unsubscribe", payload: { sessionKey: "nodechat" } });
    await send("nodechat", "c3");
    await operator.event("chat", ({ payload }) => payload?.["runId"] === "c3" && payload["state"] === "final");
    await node.request("skills.bins");
    const sessions = new Set(
      [...node.events("chat"), ...node.events("agent")].map(({ payload }) => payload?.["sessionKey"]),
    );
    expect([...sessions]).toEqual(["agent:main:nodechat"]);
    expect(node.events("chat").some(({ payload }) => payload?.["runId"] === "c3")).toBe(false);
    expect(other.events("chat")).toEqual([]);
    expect(heardInside).toBe(3);
  });

  it("takes back what a node asked operators for a call of its own, also while it is being written down", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectApproved({ protocol, ...HOST });
    await using other = await gateway.connectApproved({ protocol, ...HOST });
    await using approver = await gateway.connect();
    const ask = (toolCallId: string) =>
      node.request("exec.approval.request", { command: "ls", toolCallId, timeoutMs: 60_000 });
    const withdraw = (from: typeof node, toolCallId: string) =>
      from.request("node.event", { event: "exec.approval.withdrawn", payload: { toolCallId } });
    const heard = approver.event("exec.approval.requested");
    const answer = ask("call-1");
    const id = (await heard).payload?.["id"];
    const resolved = approver.event("exec.approval.resolved");
    await withdraw(other, "call-1");
    await withdraw(node, "call-2");
    expect(await approver.request("exec.approval.list", {})).toMatchObject({ payload: [{ id }] });
    expect((await withdraw(node, "call-1")).payload).toEqual({ ok: true });
    expect(await resolved).toMatchObject({ payload: { id, decision: "deny", resolvedBy: "gateway" } });
    expect(await answer).toMatchObject({ payload: { decision: null } });
    expect(await approver.request("approval.get", { id })).toMatchObject({
      payload: { approval: { status: "denied", reason: "cancelled" } },
    });
    const [early] = await Promise.all([ask("call-3"), withdraw(node, "call-3")]);
    expect(early).toMatchObject({ payload: { decision: null } });
  });

  it("leaves a line about programs for the next turn of their session", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectApproved({
      protocol,
      ...HOST,
      answers: { "system.run": () => ({ ok: true, payload: { exitCode: 0 } }) },
    });
    await using operator = await gateway.connect();
    const run = { nodeId: node.id, command: "system.run", params: { command: ["ls"], runId: "run-7" } };
    expect((await invoke(operator, run)).ok).toBe(true);
    const payload = { sessionKey: "node", runId: "run-7", command: "ls\n-l", exitCode: 3, output: "no such file" };
    expect((await node.request("node.event", { event: "exec.finished", payload })).payload).toEqual({ ok: true });
    const stranger = await node.request("node.event", {
      event: "exec.finished",
      payload: { ...payload, runId: "x1", command: "evil" },
    });
    expect(stranger.payload).toEqual(
      protocol === 3
        ? { ok: true }
        : { ok: true, event: "exec.finished", handled: false, reason: "unmatched_exec_event" },
    );
    await gateway.call("chat.send", { sessionKey: "main", message: "So?", idempotencyKey: "c1" });
    const turn = await eventually("a turn", () => gateway.agent.turns[0]);
    const told = `${turn.extraSystemPrompt ?? ""}\n${turn.prompt}`;
    expect(told).toContain("Exec finished on the node My Node: ls -l (code 3)\nno such file");
    expect(told.includes("evil")).toBe(protocol === 3);
    // It does not begin a turn by itself.
    expect(gateway.agent.turns).toHaveLength(1);
  });

  it("says of other events what the generation's clients expect", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectApproved({ protocol });
    const stats = await node.request("node.event", { event: "node.host.stats", payloadJSON: '{"cpuCount":2}' });
    expect(stats.payload).toEqual(
      protocol === 3
        ? { ok: true }
        : { ok: true, event: "node.host.stats", handled: false, reason: "unsupported_event" },
    );
    const broken = await node.request("node.event", { event: "voice.transcript", payloadJSON: "{" });
    expect(broken.error).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("payloadJSON") as unknown,
    });
    expect((await node.request("skills.bins", {})).payload).toEqual({ bins: [] });
    const tools = [{ name: "lamp" }];
    expect((await node.request("node.pluginTools.update", { tools })).payload).toEqual({ nodeId: node.id, tools });
    expect(await gateway.call("node.describe", { nodeId: node.id })).toMatchObject({ nodePluginTools: tools });
  });
});
