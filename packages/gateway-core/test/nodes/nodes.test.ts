import { NodeDevice } from "@openclaw/testkit/fake-node";
import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import { invoke, startNodeGateway } from "../support/nodes.ts";

const HOST = { caps: ["system"], commands: ["system.which", "system.run"] };

describe("R6.7 and R6.8 node.list and node.describe", () => {
  it("show a node of protocol 3 as it is, and what is left of it when it is gone", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol: 3 });
    const node = await gateway.connectNode({
      protocol: 3,
      caps: ["system", "canvas"],
      commands: ["system.which", "system.run", "camera.snap"],
      permissions: { "camera.capture": true },
    });
    const row = {
      nodeId: node.id,
      displayName: "My Node",
      platform: "linux",
      version: "1.0.0",
      caps: ["canvas", "system"],
      commands: ["system.run", "system.which"],
      permissions: { "camera.capture": true },
      pathEnv: "/usr/bin:/bin",
      approvalState: "approved",
      paired: true,
      connected: true,
    };
    const { payload } = await operator.request("node.list", {});
    expect(payload).toMatchObject({ ts: expect.any(Number) as unknown, nodes: [row] });
    const described = await operator.request("node.describe", { nodeId: node.id });
    expect(described.payload).toMatchObject({ ts: expect.any(Number) as unknown, ...row });
    expect((await operator.request("node.describe", { nodeId: "nope" })).error?.message).toBe("unknown nodeId");
    expect((await operator.request("node.pair.list")).payload).toEqual({ pending: [], paired: [] });

    await node.close();
    const gone = await eventually("the node to be gone", async () => {
      const { nodes } = await gateway.call("node.list", {});
      return nodes.find(({ connected, lastSeenReason }) => !connected && lastSeenReason === "disconnect");
    });
    expect(gone).toMatchObject({ nodeId: node.id, displayName: "My Node", caps: [], commands: [], paired: true });
    expect(gone).not.toHaveProperty("connectedAtMs");
  });

  it("show a node of protocol 3 without a device as connected and not paired", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectNode({
      protocol: 3,
      device: "none",
      ...HOST,
      answers: { "system.which": () => ({ ok: true, payload: 1 }) },
    });
    const { nodes } = await gateway.call("node.list", {});
    expect(nodes).toMatchObject([{ nodeId: "node-host", paired: false, connected: true }]);
    const request = { nodeId: "node-host", command: "system.which", idempotencyKey: "1" };
    expect(await gateway.call("node.invoke", request)).toMatchObject({ payload: 1 });
    await node.close();
    await eventually("nothing to be left", async () => (await gateway.call("node.list", {})).nodes.length === 0);
  });

  it("rename a node for good", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ scopes: ["operator.pairing", "operator.read"] });
    const device = new NodeDevice();
    const node = await gateway.connectNode({ protocol: 3, device });
    const renamed = await operator.request("node.rename", { nodeId: node.id, displayName: "Kitchen" });
    expect(renamed.payload).toEqual({ nodeId: node.id, displayName: "Kitchen" });
    expect((await operator.request("node.rename", { nodeId: "nope", displayName: "x" })).error?.message).toBe(
      "unknown nodeId",
    );
    await node.close();
    await using again = await gateway.connectNode({ protocol: 3, device });
    expect(await gateway.call("node.describe", { nodeId: again.id })).toMatchObject({ displayName: "Kitchen" });
  });
});

describe("protocol 4: what a node offers waits for an operator", () => {
  it("shows and asks nothing of it before, and all that is allowed after, without a new connect", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    await using reader = await gateway.connect({ scopes: ["operator.read"] });
    const commands = [...HOST.commands, "camera.snap", "custom.foo"];
    await using node = await gateway.connectNode({ caps: ["system", "canvas"], commands });
    const requested = await operator.event("node.pair.requested");
    expect(requested.payload).toEqual({
      requestId: expect.any(String) as unknown,
      nodeId: node.id,
      clientId: "node-host",
      clientMode: "node",
      displayName: "My Node",
      platform: "linux",
      version: "1.0.0",
      caps: ["system", "canvas"],
      commands: HOST.commands,
      requiredApproveScopes: ["operator.pairing", "operator.admin"],
      permissions: {},
      silent: true,
      ts: expect.any(Number) as unknown,
    });
    const requestId = requested.payload?.["requestId"];
    const waiting = await operator.request("node.list");
    expect(waiting.payload?.["nodes"]).toMatchObject([
      {
        caps: [],
        commands: [],
        approvalState: "pending-approval",
        pendingRequestId: requestId,
        pendingDeclaredCaps: ["canvas", "system"],
        pendingDeclaredCommands: ["system.run", "system.which"],
        pendingDeclaredPermissions: {},
        connected: true,
      },
    ]);
    const changed = { code: "UNAVAILABLE", retryable: true, details: { code: "PAIRING_CHANGED" } };
    expect((await invoke(operator, { nodeId: node.id, command: "system.which" })).error).toMatchObject(changed);
    expect(
      (await node.request("node.event", { event: "agent.request", payload: { message: "hi" } })).error,
    ).toMatchObject(changed);
    expect((await node.request("node.runnerInventory.update", { workerHost: { enabled: false } })).error).toMatchObject(
      {
        code: "UNAVAILABLE",
        message: expect.stringContaining(`openclaw nodes approve ${String(requestId)}`) as unknown,
      },
    );
    expect((await node.request("node.skills.update", { skills: [] })).payload).toEqual({ nodeId: node.id, skills: [] });

    await using pairing = await gateway.connect({ scopes: ["operator.pairing"] });
    expect((await pairing.request("node.pair.approve", { requestId })).error).toMatchObject({
      code: "FORBIDDEN",
      message: "missing scope: operator.admin",
    });
    const approved = await operator.request("node.pair.approve", { requestId });
    expect(approved.payload).toMatchObject({ requestId, node: { nodeId: node.id, commands: HOST.commands } });
    expect(approved.payload?.["node"]).not.toHaveProperty("token");
    const resolved = { requestId, nodeId: node.id, decision: "approved", ts: expect.any(Number) as unknown };
    expect((await operator.event("node.pair.resolved")).payload).toEqual(resolved);
    const told = await node.event("node.pair.resolved");
    expect(told.payload).toEqual(resolved);
    expect(told).not.toHaveProperty("seq");
    expect(reader.events("node.pair.resolved")).toEqual([]);
    expect((await node.request("node.runnerInventory.update", { workerHost: { enabled: false } })).payload).toEqual({
      nodeId: node.id,
    });
    expect(await gateway.call("node.describe", { nodeId: node.id })).toMatchObject({
      approvalState: "approved",
      caps: ["canvas", "system"],
      commands: ["system.run", "system.which"],
    });
    expect((await operator.request("node.pair.approve", { requestId })).error?.message).toBe("unknown requestId");
  });

  it("remembers the approval across restarts, asks again for more, and forgets it when it is taken back", async () => {
    await using directory = await createTempDirectory();
    const device = new NodeDevice();
    const first = await startNodeGateway({ stateDir: directory.path });
    const once = await first.connectApproved({ device, commands: ["system.which"] });
    await once.close();
    await first.stop({ drainMs: 0 });
    await using second = await startNodeGateway({ stateDir: directory.path });
    await using operator = await second.connect();
    const back = await second.connectNode({ device, commands: ["system.which"] });
    expect(await second.call("node.describe", { nodeId: back.id })).toMatchObject({
      approvalState: "approved",
      commands: ["system.which"],
    });
    expect(operator.events("node.pair.requested")).toEqual([]);
    await back.close();

    await using more = await second.connectNode({ device, commands: ["system.which", "system.run"] });
    await operator.event("node.pair.requested");
    expect(await second.call("node.describe", { nodeId: more.id })).toMatchObject({
      approvalState: "pending-approval",
      commands: ["system.which"],
      pendingDeclaredCommands: ["system.run", "system.which"],
    });

    expect((await operator.request("node.pair.remove", { nodeId: more.id })).payload).toEqual({ nodeId: more.id });
    expect((await more.event("node.pair.resolved")).payload).toMatchObject({ requestId: "", decision: "removed" });
    expect((await operator.request("node.pair.list")).payload).toEqual({ pending: [], paired: [] });
    expect((await invoke(operator, { nodeId: more.id, command: "system.which" })).error?.details).toEqual({
      code: "PAIRING_CHANGED",
    });
    expect((await operator.request("node.pair.remove", { nodeId: "nope" })).error?.message).toBe("unknown nodeId");
    await first[Symbol.asyncDispose]();
  });

  it("rejects", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect();
    await using node = await gateway.connectNode(HOST);
    const requestId = (await operator.event("node.pair.requested")).payload?.["requestId"];
    expect((await operator.request("node.pair.reject", { requestId })).payload).toEqual({ requestId, nodeId: node.id });
    expect((await node.event("node.pair.resolved")).payload).toMatchObject({ requestId, decision: "rejected" });
    expect((await invoke(operator, { nodeId: node.id, command: "system.which" })).error?.details).toEqual({
      code: "PAIRING_CHANGED",
    });
  });
});

describe("R6.10 node.pair.* of protocol 3", () => {
  const tablet = {
    nodeId: "legacy-1",
    displayName: "Legacy",
    platform: "ios",
    caps: ["camera"],
    commands: ["camera.snap"],
  };

  it("goes from request to token, tells events, and keeps the token to itself afterwards", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol: 3, scopes: ["operator.pairing"] });
    const asked = await operator.request("node.pair.request", tablet);
    const request = asked.payload?.["request"] as { requestId: string };
    expect(asked.payload).toEqual({
      status: "pending",
      request: {
        requestId: expect.any(String) as unknown,
        ...tablet,
        isRepair: false,
        ts: expect.any(Number) as unknown,
      },
      created: true,
    });
    expect((await operator.event("node.pair.requested")).payload).toEqual(request);
    const repeated = await operator.request("node.pair.request", { nodeId: "legacy-1" });
    expect(repeated.payload).toEqual({ status: "pending", request, created: false });
    expect(operator.events("node.pair.requested")).toHaveLength(1);

    const approved = await operator.request("node.pair.approve", { requestId: request.requestId });
    const { token, ...node } = (approved.payload?.["node"] ?? {}) as { token?: string };
    expect(node).toMatchObject({
      ...tablet,
      createdAtMs: expect.any(Number) as unknown,
      approvedAtMs: expect.any(Number) as unknown,
    });
    const kinds = operator.frames.flatMap((frame) =>
      frame.event === "node.pair.resolved" ? ["event"] : frame === approved ? ["answer"] : [],
    );
    expect(kinds).toEqual(["event", "answer"]);
    const verified = await operator.request("node.pair.verify", { nodeId: "legacy-1", token });
    expect(verified.payload).toEqual({ ok: true, node });
    for (const wrong of [
      { nodeId: "legacy-1", token: "bad" },
      { nodeId: "legacy-2", token },
    ])
      expect((await operator.request("node.pair.verify", wrong)).payload).toEqual({ ok: false });
    const { payload: list } = await operator.request("node.pair.list");
    expect(list).toEqual({ pending: [], paired: [node] });
    expect(JSON.stringify(list)).not.toContain(token);
    const repair = await operator.request("node.pair.request", tablet);
    expect(repair.payload).toMatchObject({ request: { isRepair: true }, created: true });
    for (const method of ["approve", "reject"])
      expect((await operator.request(`node.pair.${method}`, { requestId: "nope" })).error?.message).toBe(
        "unknown requestId",
      );
  });

  it("closes a request after five minutes with an event, and takes no more than 100", async () => {
    const clock = new ManualClock();
    await using gateway = await startNodeGateway({ clock });
    const decisions: unknown[] = [];
    gateway.events.on("node.pair.resolved", ({ nodeId, decision }) => decisions.push([nodeId, decision]));
    for (let index = 0; index < 100; index += 1) await gateway.call("node.pair.request", { nodeId: `n-${index}` });
    await expect(gateway.call("node.pair.request", { nodeId: "one-more" })).rejects.toThrow("More than 100 nodes wait");
    await clock.advance(5 * 60_000 + 1);
    await eventually("the requests to be closed", () => decisions.length === 100);
    expect(decisions[0]).toEqual(["n-0", "expired"]);
    expect(await gateway.call("node.pair.list", {})).toEqual({ pending: [], paired: [] });
    expect(await gateway.call("node.pair.request", { nodeId: "one-more" })).toMatchObject({ created: true });
  });
});
