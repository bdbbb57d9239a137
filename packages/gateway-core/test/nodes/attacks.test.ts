import { METHODS } from "@openclaw/protocol";
import { NodeDevice } from "@openclaw/testkit/fake-node";
import { describe, expect, it } from "vitest";

import { handlers } from "../../src/methods/table.gen.ts";
import { invoke, startNodeGateway } from "../support/nodes.ts";

const HOST = { caps: ["system"], commands: ["system.which", "system.run"] };

describe("a node that is not what it says", () => {
  it("can not answer for another node, nor for another connection", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    await using honest = await gateway.connectApproved(HOST);
    await using liar = await gateway.connectApproved(HOST);
    const asked = invoke(operator, { nodeId: honest.id, command: "system.which" });
    const { id } = await honest.invoked("system.which");
    const ignored = { ok: true, ignored: true };
    for (const nodeId of [honest.id, liar.id]) {
      expect((await liar.request("node.invoke.result", { id, nodeId, ok: true, payload: "lie" })).payload).toEqual(
        ignored,
      );
    }
    expect((await honest.request("node.invoke.result", { id, nodeId: liar.id, ok: true, payload: 0 })).payload).toEqual(
      ignored,
    );
    const truth = { id, nodeId: honest.id, ok: true, payload: "truth" };
    expect((await honest.request("node.invoke.result", truth)).payload).toEqual({ ok: true });
    expect((await honest.request("node.invoke.result", truth)).payload).toEqual(ignored);
    expect((await asked).payload).toMatchObject({ payload: "truth" });
    expect(liar.invocations).toEqual([]);
  });

  it("is asked nothing that it claims and its platform does not have", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    const commands = ["camera.snap", "sms.send", "location.get", "canvas.eval", "config.set", "x".repeat(250), ""];
    for (const [platform, usable] of [
      ["linux", []],
      ["a platform of its own", []],
      ["iOS 18.2", ["camera.snap", "canvas.eval", "location.get"]],
    ] as const) {
      await using node = await gateway.connectApproved({ platform, commands });
      expect((await gateway.call("node.describe", { nodeId: node.id })).commands).toEqual(usable);
      const refused = commands.filter((command) => command !== "" && !(usable as readonly string[]).includes(command));
      for (const command of refused) {
        expect((await invoke(operator, { nodeId: node.id, command })).error?.message).toContain(
          "node command not allowed",
        );
      }
      expect(node.invocations).toEqual([]);
    }
  });

  it("is not told by just anyone that a program was approved", async () => {
    await using gateway = await startNodeGateway();
    const answers = { "system.run": () => ({ ok: true }) };
    await using node = await gateway.connectApproved({ protocol: 3, ...HOST, answers });
    const params = { command: ["ls"], approved: true, approvalDecision: "allow-once" };
    for (const scopes of [["operator.write"], ["operator.write", "operator.approvals"]]) {
      await using operator = await gateway.connect({ scopes });
      expect((await invoke(operator, { nodeId: node.id, command: "system.run", params })).ok).toBe(true);
    }
    const told = node.invocations.map(({ paramsJSON }) => JSON.parse(paramsJSON ?? "null") as unknown);
    expect(told).toEqual([{ command: ["ls"] }, params]);
  });

  it("claims no more than fits", async () => {
    await using gateway = await startNodeGateway();
    const names = Array.from({ length: 500 }, (_, index) => `cap-${index}`);
    const permissions = Object.fromEntries(names.map((name) => [name, true]));
    await using node = await gateway.connectNode({ caps: names, commands: names, permissions });
    const { pendingDeclaredCaps, pendingDeclaredCommands, pendingDeclaredPermissions } = await gateway.call(
      "node.describe",
      { nodeId: node.id },
    );
    expect(pendingDeclaredCaps).toHaveLength(64);
    expect(pendingDeclaredCommands).toEqual([]);
    expect(Object.keys(pendingDeclaredPermissions ?? {})).toHaveLength(128);
    const tools = [{ description: "x".repeat(70_000) }];
    expect((await node.request("node.pluginTools.update", { tools })).error?.code).toBe("INVALID_REQUEST");
  });

  it("begins turns and follows sessions only so fast and so many, and others go on", async () => {
    await using gateway = await startNodeGateway();
    const device = new NodeDevice();
    await using node = await gateway.connectApproved({ protocol: 3, device });
    await using operator = await gateway.connect();
    const talk = (index: number) =>
      node.request("node.event", { event: "voice.transcript", payload: { text: `word ${index}` } });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => talk(index)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(12);
    const refused = answers.find(({ ok }) => !ok);
    expect(refused?.error).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      retryAfterMs: expect.any(Number) as unknown,
    });

    await using again = await gateway.connectNode({ protocol: 3, device });
    expect((await again.request("node.event", { event: "voice.transcript", payload: { text: "again" } })).ok).toBe(
      false,
    );

    const payload = { runId: "r", command: "ls" };
    const notes = await Promise.all(
      Array.from({ length: 200 }, () => node.request("node.event", { event: "exec.started", payload })),
    );
    expect(notes.filter(({ ok }) => ok).length).toBeLessThanOrEqual(61);
    const follow = (index: number) =>
      node.request("node.event", { event: "chat.subscribe", payload: { sessionKey: `s-${index}` } });
    const follows = await Promise.all(Array.from({ length: 70 }, (_, index) => follow(index)));
    expect(follows.filter(({ ok }) => ok)).toHaveLength(64);
    expect((await operator.request("node.list")).ok).toBe(true);
  });

  it("keeps no more than 64 commands unanswered", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    await using node = await gateway.connectApproved({ protocol: 3, ...HOST });
    const asked = Array.from({ length: 65 }, () =>
      invoke(operator, { nodeId: node.id, command: "system.which", timeoutMs: 60_000 }),
    );
    const first = await Promise.race(asked);
    expect(first.error).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining("64") as unknown,
    });
    await node.close();
    const ended = await Promise.all(asked);
    expect(ended.every(({ ok }) => ok === false)).toBe(true);
  });

  it("speaks for a device only while it is connected: the newest connection of two counts", async () => {
    await using gateway = await startNodeGateway();
    const device = new NodeDevice();
    const answer = (payload: string) => ({ "system.which": () => ({ ok: true, payload }) });
    await using older = await gateway.connectNode({ protocol: 3, device, ...HOST, answers: answer("older") });
    const newer = await gateway.connectNode({ protocol: 3, device, ...HOST, answers: answer("newer") });
    const ask = (idempotencyKey: string) =>
      gateway.call("node.invoke", { nodeId: device.id, command: "system.which", idempotencyKey });
    expect(await ask("1")).toMatchObject({ payload: "newer" });
    expect((await gateway.call("node.list", {})).nodes).toHaveLength(1);
    await newer.close();
    await older.request("skills.bins");
    expect(await ask("2")).toMatchObject({ payload: "older" });
  });
});

describe("R6 roles", () => {
  it("let nodes call the methods of nodes alone, and operators none of those", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    await using node = await gateway.connectApproved({ protocol: 4 });
    const served = Object.keys(METHODS).filter((name) => name in handlers);
    for (const method of served) {
      const roles: readonly string[] = METHODS[method as keyof typeof METHODS].roles;
      for (const [role, client] of [
        ["node", node],
        ["operator", operator],
      ] as const) {
        if (roles.includes(role)) continue;
        expect((await client.request(method, {})).error, `${role} ${method}`).toMatchObject({
          code: "INVALID_REQUEST",
          message: `unauthorized role: ${role}`,
        });
      }
    }
    const nodeOnly = served.filter(
      (name) => !(METHODS[name as keyof typeof METHODS].roles as readonly string[]).includes("operator"),
    );
    expect(nodeOnly.toSorted()).toEqual([
      "node.event",
      "node.invoke.result",
      "node.pluginTools.update",
      "node.runnerInventory.update",
      "node.skills.update",
      "skills.bins",
    ]);
  });
});
