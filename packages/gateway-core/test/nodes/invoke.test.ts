import { NodeDevice } from "@openclaw/testkit/fake-node";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import { invoke, startNodeGateway } from "../support/nodes.ts";

const HOST = { caps: ["system"], commands: ["system.run", "system.which"] };
const echo = {
  "system.which": ({ paramsJSON }: { paramsJSON: string | null }) => ({ ok: true, payload: { paramsJSON } }),
};

describe.each([3, 4] as const)("R6.9 node.invoke of a node and an operator of protocol %i", (protocol) => {
  it("carries commands out, hands answers on in both forms, and says what went wrong", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol, scopes: ["operator.read", "operator.write"] });
    const answers = {
      ...echo,
      "system.run": () => ({ ok: true, payloadJSON: '{"stdout":"hi"}' }),
      "browser.proxy": () => ({ ok: false, error: { code: "E_TEST", message: "nope" } }),
      "system.run.prepare": () => ({ ok: true, payload: "x".repeat(16_777_216) }),
    };
    const commands = [...HOST.commands, "browser.proxy", "system.run.prepare"];
    await using node = await gateway.connectApproved({ protocol, caps: HOST.caps, commands, answers });
    const nodeId = node.id;

    const asked = await invoke(operator, {
      nodeId,
      command: "system.which",
      params: { bins: ["ls"] },
      timeoutMs: 3_000,
      idempotencyKey: "i1",
    });
    expect(asked.payload).toEqual({
      ok: true,
      nodeId,
      command: "system.which",
      payload: { paramsJSON: '{"bins":["ls"]}' },
      payloadJSON: null,
    });
    expect(node.invocations[0]).toMatchObject({ nodeId, command: "system.which", idempotencyKey: "i1" });
    expect(node.invocations[0]?.timeoutMs).toBeGreaterThan(2_000);
    expect(node.invocations[0]?.timeoutMs).toBeLessThanOrEqual(3_000);
    expect(node.events("node.invoke.request")[0]).not.toHaveProperty("seq");
    const withoutParams = await invoke(operator, { nodeId, command: "system.which" });
    expect(withoutParams.payload).toMatchObject({ payload: { paramsJSON: null } });

    const ran = await invoke(operator, { nodeId, command: "system.run", params: { command: ["echo", "hi"] } });
    expect(ran.payload).toMatchObject({ payload: { stdout: "hi" }, payloadJSON: '{"stdout":"hi"}' });
    const runParams: unknown = JSON.parse(node.invocations.at(-1)?.paramsJSON ?? "null");
    expect(runParams).toEqual(
      protocol === 4 ? { command: ["echo", "hi"], runId: expect.any(String) as unknown } : { command: ["echo", "hi"] },
    );

    const failed = await invoke(operator, { nodeId, command: "browser.proxy" });
    const nodeError = { code: "E_TEST", message: "nope" };
    expect(failed.error).toEqual(
      protocol === 3
        ? { code: "UNAVAILABLE", message: "nope", details: { nodeError } }
        : { code: "UNAVAILABLE", message: "E_TEST: nope", details: { nodeError, nodeCommandDispatched: true } },
    );
    const large = await invoke(operator, { nodeId, command: "system.run.prepare" });
    expect(large.error).toMatchObject({ code: "UNAVAILABLE", details: { nodeError: { code: "PAYLOAD_TOO_LARGE" } } });
  });

  it("ends a command by its time, tells nodes of protocol 4, and takes a late answer without effect", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol });
    await using node = await gateway.connectApproved({ protocol, ...HOST });
    const { error } = await invoke(operator, { nodeId: node.id, command: "system.which", timeoutMs: 50 });
    const nodeError = { code: "TIMEOUT", message: "node invoke timed out" };
    expect(error).toEqual(
      protocol === 3
        ? { code: "UNAVAILABLE", message: "node invoke timed out", details: { nodeError } }
        : {
            code: "UNAVAILABLE",
            message: "TIMEOUT: node invoke timed out",
            details: { nodeError, nodeCommandDispatched: true },
          },
    );
    const { id } = await node.invoked("system.which");
    const late = await node.request("node.invoke.result", { id, nodeId: node.id, ok: true, payload: 1 });
    expect(late.payload).toEqual({ ok: true, ignored: true });
    const cancels = node.events("node.invoke.cancel").map(({ payload }) => payload);
    expect(cancels).toEqual(protocol === 3 ? [] : [{ invokeId: id, nodeId: node.id }]);
  });

  it("ends a command when the node leaves, and says that it is not there", async () => {
    await using gateway = await startNodeGateway();
    await using operator = await gateway.connect({ protocol });
    const node = await gateway.connectApproved({ protocol, ...HOST });
    const asked = invoke(operator, { nodeId: node.id, command: "system.which" });
    await node.invoked("system.which");
    await node.close();
    expect((await asked).error).toEqual(
      protocol === 3
        ? { code: "UNAVAILABLE", message: "Error: node disconnected (system.which)" }
        : {
            code: "UNAVAILABLE",
            message: "DISCONNECTED: node disconnected (system.which)",
            details: {
              nodeError: { code: "DISCONNECTED", message: "node disconnected (system.which)" },
              nodeCommandDispatched: true,
            },
          },
    );
    const gone = await invoke(operator, { nodeId: node.id, command: "system.which" });
    expect(gone.error).toEqual({
      code: "UNAVAILABLE",
      message: "node not connected",
      details:
        protocol === 3
          ? { code: "NOT_CONNECTED" }
          : {
              code: "NOT_CONNECTED",
              nodeError: { code: "NOT_CONNECTED", message: "node not connected" },
              nodeCommandDispatched: false,
            },
    });
    const unknown = await invoke(operator, { nodeId: "nope", command: "system.which" });
    expect(unknown.error).toEqual(
      protocol === 3
        ? { code: "UNAVAILABLE", message: "node not connected", details: { code: "NOT_CONNECTED" } }
        : {
            code: "UNAVAILABLE",
            message: "node pairing changed while invocation was active",
            retryable: true,
            details: { code: "PAIRING_CHANGED" },
          },
    );
  });

  it("gives nodes only commands that their platform allows and that they declare", async () => {
    await using gateway = await startNodeGateway({
      config: {
        gateway: { mode: "local", nodes: { commands: { allow: ["sms.send"], deny: ["system.which"] } } },
        channels: { memory: {} },
      },
    });
    await using operator = await gateway.connect({ protocol });
    const commands = ["system.run", "system.which", "camera.snap", "canvas.snapshot", "custom.foo", "sms.send"];
    await using node = await gateway.connectApproved({
      protocol,
      caps: ["system"],
      commands,
      answers: { "sms.send": () => ({ ok: true }) },
    });
    const listed = await operator.request("node.describe", { nodeId: node.id });
    expect(listed.payload?.["commands"]).toEqual(["sms.send", "system.run"]);
    const refusals = {
      "custom.foo": ['"custom.foo" is not in the allowlist for platform "linux"', "command not allowlisted"],
      "canvas.snapshot": ['"canvas.snapshot" is not in the allowlist for platform "linux"', "command not allowlisted"],
      "camera.snap": ['"camera.snap" requires explicit gateway.nodes.commands.allow opt-in', "command not allowlisted"],
      "system.which": ['"system.which" is denied by gateway.nodes.commands.deny', "command not allowlisted"],
      "browser.proxy": ['the node does not declare "browser.proxy"', "command not declared by node"],
    };
    for (const [command, [why, reason]] of Object.entries(refusals)) {
      const { error } = await invoke(operator, { nodeId: node.id, command });
      const message = protocol === 3 ? "node command not allowed" : `node command not allowed: ${why}`;
      expect(error).toEqual({ code: "INVALID_REQUEST", message, details: { reason, command } });
    }
    const reserved = await invoke(operator, { nodeId: node.id, command: "system.execApprovals.set" });
    expect(reserved.error?.message).toContain("use exec.approvals.node.*");
    expect((await invoke(operator, { nodeId: node.id, command: "sms.send" })).ok).toBe(true);
    expect(node.invocations.map(({ command }) => command)).toEqual(["sms.send"]);
  });
});

describe("DESIGN promise 7 node.invoke", () => {
  it("carries a command out once for one key, also at the same time and after a restart", async () => {
    await using directory = await createTempDirectory();
    const device = new NodeDevice();
    const answers = { "system.which": () => ({ ok: true, payload: { at: 1 } }) };
    const first = await startNodeGateway({ stateDir: directory.path });
    const node = await first.connectApproved({ device, ...HOST, answers });
    const request = { nodeId: node.id, command: "system.which", params: { bins: ["ls"] }, idempotencyKey: "k1" };
    const [one, two] = await Promise.all([first.call("node.invoke", request), first.call("node.invoke", request)]);
    expect(one).toEqual(two);
    expect(await first.call("node.invoke", request)).toEqual(one);
    await expect(first.call("node.invoke", { ...request, params: {} })).rejects.toMatchObject({
      details: { reason: "idempotency-key-reused" },
    });
    expect(node.invocations).toHaveLength(1);
    await node.close();
    await first.stop({ drainMs: 0 });
    await using second = await startNodeGateway({ stateDir: directory.path });
    await using again = await second.connectNode({ device, ...HOST, answers });
    expect(await second.call("node.invoke", request)).toEqual(one);
    expect(again.invocations).toHaveLength(0);
    await first[Symbol.asyncDispose]();
  });

  it("repeats an error of the node, and does not count what never reached it", async () => {
    await using gateway = await startNodeGateway();
    const device = new NodeDevice();
    const answers = { "system.which": () => ({ ok: false, error: { code: "E", message: "no" } }) };
    const request = { nodeId: device.id, command: "system.which", idempotencyKey: "k1" };
    await expect(gateway.call("node.invoke", request)).rejects.toMatchObject({ details: { code: "PAIRING_CHANGED" } });
    await using node = await gateway.connectApproved({ device, ...HOST, answers });
    for (const _ of [1, 2]) await expect(gateway.call("node.invoke", request)).rejects.toThrow("E: no");
    expect(node.invocations).toHaveLength(1);
  });

  it("does not keep a large answer, and says so", async () => {
    await using gateway = await startNodeGateway();
    const answers = { "system.which": () => ({ ok: true, payload: "x".repeat(100_000) }) };
    await using node = await gateway.connectApproved({ ...HOST, answers });
    const request = { nodeId: node.id, command: "system.which", idempotencyKey: "k1" };
    await gateway.call("node.invoke", request);
    await expect(gateway.call("node.invoke", request)).rejects.toMatchObject({
      message: expect.stringContaining("use a new key") as unknown,
      details: { reason: "already-dispatched" },
    });
    expect(node.invocations).toHaveLength(1);
  });

  it("cancels the command when who asked is gone, unless another still waits for it", async () => {
    await using gateway = await startNodeGateway();
    await using node = await gateway.connectApproved(HOST);
    const leaving = await gateway.connect();
    await using staying = await gateway.connect();
    const request = { nodeId: node.id, command: "system.which", idempotencyKey: "k1" };
    void leaving.request("node.invoke", request).catch(() => {});
    const { id } = await node.invoked("system.which");
    const asked = staying.request("node.invoke", request);
    // The second request has been taken up once a later one of the same connection is answered.
    await staying.request("node.list");
    await leaving[Symbol.asyncDispose]();
    await staying.request("node.list");
    expect(node.events("node.invoke.cancel")).toEqual([]);
    await node.request("node.invoke.result", { id, nodeId: node.id, ok: true, payload: 7 });
    expect((await asked).payload).toMatchObject({ payload: 7 });

    const alone = await gateway.connect();
    void invoke(alone, { nodeId: node.id, command: "system.run" }).catch(() => {});
    await node.invoked("system.run");
    await alone[Symbol.asyncDispose]();
    const cancelled = await node.event("node.invoke.cancel");
    expect(cancelled.payload).toMatchObject({ nodeId: node.id });
  });
});
