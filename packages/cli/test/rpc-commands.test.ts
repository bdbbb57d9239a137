import { FakeGateway, FakeRefusal } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";
import { channels, health, pairingRequest, status } from "./sample-answers.ts";

describe("commands that ask a running gateway", () => {
  it("R8.4 gateway call sends any method with its parameters and prints the answer", async () => {
    await using gateway = await FakeGateway.start({ answers: { "custom.method": ({ params }) => ({ got: params }) } });
    const ran = await run(["gateway", "call", "custom.method", "--params", "{k: 'v'}"], { url: gateway.url });
    expect(ran).toMatchObject({ exitCode: EXIT.ok, stderr: "" });
    expect(ran.json).toEqual({ got: { k: "v" } });
    expect(gateway.connects[0]).toMatchObject({
      client: { id: "cli", mode: "cli", version: "1.2.3", platform: "linux" },
      scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
    });
  });

  it("gateway call prints the first of two answers, or the last with --expect-final", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        agent: (request) => {
          request.accept({ runId: "r", status: "accepted", acceptedAt: 1 });
          return { runId: "r", status: "ok", summary: "completed" };
        },
      },
    });
    const words = ["gateway", "call", "agent", "--params", `{"message":"hi","idempotencyKey":"k"}`];
    expect((await run(words, { url: gateway.url })).json).toMatchObject({ status: "accepted" });
    expect((await run([...words, "--expect-final"], { url: gateway.url })).json).toMatchObject({ status: "ok" });
  });

  it("R8.1 R6.1 health and gateway health print what the method answers, and exit by its verdict", async () => {
    let ok = true;
    await using gateway = await FakeGateway.start({
      answers: {
        health: () => ({ ...health, ok, problems: ok ? [] : [{ component: "storage", message: "The disk is full." }] }),
      },
    });
    for (const words of [["health"], ["gateway", "health"]]) {
      const json = await run([...words, "--json"], { url: gateway.url });
      expect(json.exitCode).toBe(EXIT.ok);
      expect(json.json).toEqual({ ...health, problems: [] });
      expect((await run(words, { url: gateway.url })).stdout).toMatch(/health\s+ok[\s\S]*Telegram\s+online/u);
    }
    ok = false;
    const failing = await run(["health"], { url: gateway.url });
    expect(failing.exitCode).toBe(EXIT.failure);
    expect(failing.stdout).toContain("storage: The disk is full.");
    expect(gateway.connects.every(({ scopes }) => JSON.stringify(scopes) === '["operator.read"]')).toBe(true);
  });

  it("health --verbose asks the channels", async () => {
    await using gateway = await FakeGateway.start({ answers: { health: () => health } });
    await run(["health", "--verbose"], { url: gateway.url });
    await run(["health"], { url: gateway.url });
    expect(gateway.callsOf("health")).toEqual([{ probe: true }, {}]);
  });

  it("channels status shows the state, what is wrong and the fix", async () => {
    await using gateway = await FakeGateway.start({ answers: { "channels.status": () => channels } });
    const ran = await run(["channels", "status", "--probe"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.ok);
    expect(ran.stdout).toMatch(/Telegram\s+default\s+unauthorized\s+-\s+1 min ago/u);
    expect(ran.stdout).toContain("! telegram (default): The token is refused. Fix: Ask @BotFather for the token.");
    expect(gateway.callsOf("channels.status")).toEqual([{ probe: true, timeoutMs: 10_000 }]);
  });

  it("pairing list shows codes, and approve finds the channel by the code", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        "pairing.list": () => ({ requests: [pairingRequest] }),
        "pairing.approve": () => ({ request: pairingRequest }),
      },
    });
    const list = await run(["pairing", "list", "telegram"], { url: gateway.url });
    expect(list.stdout).toMatch(/K7QX2MNP\s+telegram\s+default\s+Ada\s+123456789\s+in 29 min/u);
    const approved = await run(["pairing", "approve", "k7qx2mnp"], { url: gateway.url });
    expect(approved).toMatchObject({
      exitCode: EXIT.ok,
      stdout: "approved Ada (123456789) on telegram, account default\n",
    });
    await run(["pairing", "approve", "telegram", "K7QX2MNP"], { url: gateway.url });
    expect(gateway.callsOf("pairing.approve")).toEqual([
      { channel: "telegram", code: "k7qx2mnp" },
      { channel: "telegram", code: "K7QX2MNP" },
    ]);
    const nobody = await run(["pairing", "approve", "WRONG"], { url: gateway.url });
    expect(nobody).toMatchObject({ exitCode: EXIT.failure, stdout: "" });
    expect(nobody.stderr).toContain("Nobody waits with the code WRONG");
  });

  it("R8.2 message send passes everything on with a key of its own, and prints the key", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        send: ({ params }) => ({
          runId: params["idempotencyKey"],
          messageId: "42",
          channel: "telegram",
          chatId: "7",
          state: "sent",
        }),
      },
    });
    const words = ["message", "send", "--channel", "telegram", "--target", "7", "--message", "hi"];
    const ran = await run([...words, "--account", "a", "--reply-to", "41", "--thread-id", "3"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.ok);
    const [params] = gateway.callsOf("send") as { idempotencyKey: string }[];
    expect(params).toMatchObject({
      channel: "telegram",
      to: "7",
      message: "hi",
      accountId: "a",
      replyToId: "41",
      threadId: "3",
    });
    expect(ran.stdout).toContain(params?.idempotencyKey);
    expect(ran.stdout).toMatch(/^sent\n/u);
    const json = await run([...words, "--idempotency-key", "mine", "--json"], { url: gateway.url });
    expect(json.json).toMatchObject({ runId: "mine", messageId: "42" });
    expect(gateway.connects[0]).toMatchObject({ scopes: ["operator.write"] });
  });

  it("message send exits 1 when the message did not go out, and shows a dry run without any gateway", async () => {
    await using gateway = await FakeGateway.start({
      answers: { send: () => ({ runId: "k", channel: "telegram", state: "unknown" }) },
    });
    const words = ["message", "send", "-t", "7", "-m", "hi"];
    expect(await run(words, { url: gateway.url })).toMatchObject({ exitCode: EXIT.failure });
    const dry = await run([...words, "--dry-run", "--json"]);
    expect(dry.json).toMatchObject({ dryRun: true, method: "send", params: { to: "7", message: "hi" } });
  });

  it("message send that got no answer in time says how to ask again without sending twice", async () => {
    await using gateway = await FakeGateway.start({ answers: { send: () => undefined } });
    const ran = await run(["message", "send", "-t", "7", "-m", "hi", "--timeout", "200"], { url: gateway.url });
    const [params] = gateway.callsOf("send") as { idempotencyKey: string }[];
    expect(ran.exitCode).toBe(EXIT.timeout);
    expect(ran.stderr).toContain("The message may have been sent.");
    expect(ran.stderr).toContain(`--idempotency-key ${params?.idempotencyKey}: it never sends twice`);
  });

  it("prints the gateway's own error with its code, and its remedy", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        send: () => {
          throw new FakeRefusal({ code: "NOT_LINKED", message: "telegram has no account" });
        },
      },
    });
    const ran = await run(["message", "send", "-t", "7", "-m", "hi", "--json"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.failure);
    expect(ran.json).toMatchObject({ ok: false, error: { kind: "failure", code: "NOT_LINKED" } });
    expect(ran.stderr).toMatch(/error: send failed: telegram has no account\nfix: .*openclaw channels status/u);
  });

  it("R8.1 status shows the gateway, its channels and its sessions", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        health: () => health,
        status: () => status,
        "channels.status": () => channels,
        "system-presence": () => [{ host: "studio", mode: "gateway", reason: "self", ts: health.ts }],
        "logs.tail": () => ({
          file: "/log",
          cursor: 1,
          size: 1,
          lines: [`{"time":1795394402906,"level":"warn","subsystem":"telegram","message":"careful","chat":7}`],
          truncated: false,
          reset: false,
        }),
      },
    });
    const text = await run(["status", "--all"], { url: gateway.url });
    expect(text.exitCode).toBe(EXIT.ok);
    expect(text.stdout).toMatch(/gateway\s+ws:\S+ reachable in \d+ ms, version 9\.9\.9-fake, up 5 s/u);
    expect(text.stdout).toMatch(/agent:main:main\s+direct\s+2 min ago\s+offline\/echo\s+1280 \(1 %\)/u);
    expect(text.stdout).toMatch(/studio\s+gateway/u);
    expect(text.stdout).toContain("warn  [telegram] careful chat=7");
    const json = await run(["status", "--json", "--deep"], { url: gateway.url });
    expect(json.json).toMatchObject({ gateway: { reachable: true, ok: true }, health, status });
    expect(gateway.callsOf("health")).toEqual([{}, { probe: true }]);
  });

  it("gateway status says where the gateway should be, what was tried, and that services come later", async () => {
    await using gateway = await FakeGateway.start();
    const text = await run(["gateway", "status"], { url: gateway.url });
    expect(text.exitCode).toBe(EXIT.ok);
    expect(text.stdout).toMatch(/probe target\s+ws:\S+ \(from the profile's default port\)/u);
    expect(text.stdout).toMatch(/RPC\s+ok/u);
    expect(text.stdout).toContain("as a service is not part of this version");
    const down = await run(["gateway", "status", "--json"]);
    expect(down.exitCode).toBe(EXIT.unreachable);
    expect(down.json).toMatchObject({
      rpc: { ok: false, error: { kind: "unreachable" } },
      service: { supported: false },
    });
    const unasked = await run(["gateway", "status", "--no-probe", "--json"]);
    expect(unasked).toMatchObject({ exitCode: EXIT.ok });
    expect(unasked.json).toMatchObject({ rpc: null });
  });
});
