import { chmod, mkdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";

import { eventually } from "@openclaw/testkit/eventually";
import { FakeGateway, type FakeRequest, FakeRefusal } from "@openclaw/testkit/fake-gateway";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

interface Result {
  readonly id: string;
  readonly ok: boolean;
  readonly payloadJSON?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

let directory: TempDirectory;
let root: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  root = await realpath(directory.path);
  await mkdir(`${root}/bin`);
  await mkdir(`${root}/state`);
  await program("show", 'for a in "$@"; do echo "[$a]"; done; env; echo problem >&2');
});
afterEach(() => directory[Symbol.asyncDispose]());

async function program(name: string, body: string): Promise<void> {
  await writeFile(`${root}/bin/${name}`, `#!/bin/sh\n${body}\n`);
  await chmod(`${root}/bin/${name}`, 0o755);
}

/** A node of a gateway whose operators answer like this. */
async function startNode(decision: "allow-once" | "allow-always" | "deny" | "silence" | null = null) {
  let emit: FakeRequest["emit"] | undefined;
  const gateway = await FakeGateway.start({
    answers: {
      "node.event": (request) => {
        emit = (event, payload) => request.emit(event, payload);
        return { ok: true };
      },
      "node.invoke.result": () => ({ ok: true }),
      "exec.approval.request": () =>
        decision === "silence" ? undefined : { id: "a", decision, createdAtMs: 1, expiresAtMs: 2 },
    },
  });
  const stop = new AbortController();
  const ran = run(["node", "run", "--port", String(gateway.port), "--display-name", "box", "--token", "t"], {
    signal: stop.signal,
    environment: { PATH: `${root}/bin:relative:/usr/bin:/bin`, HOME: root, SECRET: "x" },
    location: { stateDir: `${root}/state` },
  });
  await eventually("the node to greet", () => emit);
  let count = 0;
  const send = (command: string, params: unknown, timeoutMs = 20_000): string => {
    count += 1;
    const id = `i${count}`;
    emit?.("node.invoke.request", { id, nodeId: "n", command, paramsJSON: JSON.stringify(params), timeoutMs });
    return id;
  };
  const resultOf = (id: string): Promise<Result> =>
    eventually("a result", () =>
      (gateway.callsOf("node.invoke.result") as Result[]).find((result) => result.id === id),
    );
  const invoke = async (command: string, params: unknown, timeoutMs?: number) => {
    const { ok, payloadJSON, error } = await resultOf(send(command, params, timeoutMs));
    return { ok, payload: payloadJSON === undefined ? undefined : (JSON.parse(payloadJSON) as unknown), error };
  };
  const end = async () => {
    stop.abort(new Error("stop"));
    return ran;
  };
  return {
    gateway,
    send,
    resultOf,
    invoke,
    end,
    cancel: (invokeId: string) => emit?.("node.invoke.cancel", { invokeId, nodeId: "n" }),
    async [Symbol.asyncDispose]() {
      await end();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

async function allow(...patterns: string[]): Promise<void> {
  const file = { version: 1, agents: { "*": { allowlist: patterns.map((pattern) => ({ pattern })) } } };
  await writeFile(`${root}/state/exec-approvals.json`, JSON.stringify(file), { mode: 0o600 });
}

describe("openclaw node run", () => {
  it("20.2 connects as a node with a device of its own, and is the same one the next time", async () => {
    const devices: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      await using node = await startNode();
      const [connect] = node.gateway.connects;
      expect(connect).toMatchObject({
        role: "node",
        scopes: [],
        client: { id: "node-host", mode: "node", platform: "linux", displayName: "box" },
        caps: ["system"],
        commands: ["system.run", "system.which", "system.execApprovals.get", "system.execApprovals.set"],
        auth: { token: "t" },
        device: { id: expect.stringMatching(/^[0-9a-f]{64}$/u) as string, nonce: expect.any(String) as string },
      });
      const device: unknown = connect?.["device"];
      devices.push(typeof device === "object" && device !== null && "id" in device ? device.id : undefined);
      expect(await node.end()).toMatchObject({ exitCode: 0, stderr: "" });
    }
    expect(devices[0]).toBe(devices[1]);
    const path = `${root}/state/node.json`;
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ version: 1, displayName: "box" });
  });

  it("runs what its own list allows: arguments as they are, its own PATH, no secrets, output in parts", async () => {
    await allow(`${root}/bin/show`);
    await using node = await startNode();
    const env = { LANG: "C", PATH: "/tmp", LD_PRELOAD: "/tmp/x.so", NODE_OPTIONS: "--require x", BASH_ENV: "/tmp/x" };
    const { ok, payload } = await node.invoke("system.run", {
      command: ["show", "a b", "$HOME;id"],
      env,
      rawCommand: "show a b $HOME;id",
    });
    expect(ok).toBe(true);
    expect(payload).toMatchObject({
      exitCode: 0,
      success: true,
      timedOut: false,
      stderr: "problem\n",
      ignoredEnv: ["PATH", "LD_PRELOAD", "NODE_OPTIONS", "BASH_ENV"],
    });
    const { stdout } = payload as { readonly stdout: string };
    expect(stdout).toContain("[a b]\n[$HOME;id]\n");
    expect(stdout).toContain("LANG=C\n");
    expect(stdout).not.toMatch(/SECRET|LD_PRELOAD|NODE_OPTIONS|BASH_ENV|relative|PATH=\/tmp$/mu);
    expect(node.gateway.callsOf("exec.approval.request")).toEqual([]);
    await eventually("the report", () => node.gateway.callsOf("node.event").length > 1);
    expect(node.gateway.callsOf("node.event")[1]).toMatchObject({ event: "exec.finished" });
  });

  it("S asks about everything else, whatever the caller says of approvals", async () => {
    await allow("/usr/bin/*", `${root}/bin/sho`, "show");
    await using node = await startNode();
    await symlink("/bin/sh", `${root}/bin/innocent`);
    const claims = { approved: true, approvalDecision: "allow-always", security: "full", ask: "off" };
    for (const command of [
      ["show"],
      ["innocent", "-c", "id"],
      ["./bin/show"],
      ["/bin/sh", "-lc", "show; id"],
      ["env", "show"],
    ]) {
      const { ok, error } = await node.invoke("system.run", { command, cwd: root, ...claims });
      expect({ ok, error }).toMatchObject({
        ok: false,
        error: { code: "UNAVAILABLE", message: expect.stringContaining("SYSTEM_RUN_DENIED") as string },
      });
    }
    const asked = node.gateway.callsOf("exec.approval.request");
    expect(asked).toHaveLength(5);
    expect(asked[0]).toMatchObject({ command: "show", host: "node", cwd: root, resolvedPath: `${root}/bin/show` });
    expect(asked[3]).toMatchObject({ command: "show; id" });
    expect(asked[4]).toMatchObject({ command: "env show", unavailableDecisions: ["allow-always"] });
  });

  it("S refuses what is said to be one command and is another, and what it can not understand", async () => {
    await allow("/**");
    await using node = await startNode("allow-once");
    for (const params of [
      { command: ["show", "a"], rawCommand: "ls" },
      { command: ["/bin/sh", "-lc", "id"], rawCommand: "ls" },
      { command: ["show"], rawCommand: 1 },
      { command: "show" },
      { command: [] },
      { command: [""] },
      { command: ["show", 1] },
      { command: ["show\0"] },
      { command: ["nonexistent-program"] },
      { command: ["show"], cwd: "relative" },
      { command: ["show"], cwd: `${root}/nowhere` },
      { command: ["show"], env: { A: 1 } },
      { command: ["show"], needsScreenRecording: true },
      null,
    ]) {
      expect(await node.invoke("system.run", params), JSON.stringify(params)).toMatchObject({
        ok: false,
        error: { code: "INVALID_REQUEST" },
      });
    }
    expect(await node.invoke("system.exec", {})).toMatchObject({ ok: false, error: { code: "INVALID_REQUEST" } });
    expect(node.gateway.callsOf("exec.approval.request")).toEqual([]);
  });

  it("remembers what was allowed for always", async () => {
    await using node = await startNode("allow-always");
    expect(await node.invoke("system.run", { command: ["show"] })).toMatchObject({ ok: true });
    expect(await node.invoke("system.run", { command: ["show"] })).toMatchObject({ ok: true });
    expect(node.gateway.callsOf("exec.approval.request")).toHaveLength(1);
    const { payload } = await node.invoke("system.execApprovals.get", {});
    expect(payload).toMatchObject({
      exists: true,
      file: { agents: { main: { allowlist: [{ pattern: `${root}/bin/show` }] } } },
    });
    const { hash } = payload as { readonly hash: string };
    const file = { version: 1, defaults: { security: "deny" }, agents: {} };
    expect(await node.invoke("system.execApprovals.set", { file, baseHash: "bad" })).toMatchObject({ ok: false });
    expect(await node.invoke("system.execApprovals.set", { file, baseHash: hash })).toMatchObject({ ok: true });
    expect(await node.invoke("system.run", { command: ["show"] })).toMatchObject({ ok: false });
    expect(node.gateway.callsOf("exec.approval.request")).toHaveLength(1);
  });

  it("ends what runs: at its deadline, when it is cancelled, and when the node stops", async () => {
    await allow(`${root}/bin/slow`, `${root}/bin/loud`);
    await program("slow", `echo begun; sleep 60 & echo $! > "$1"; sleep 60`);
    await program("loud", "head -c 1000000 /dev/zero | tr '\\0' x");
    await using node = await startNode();
    expect(await node.invoke("system.run", { command: ["slow", `${root}/p1`], timeoutMs: 300 })).toMatchObject({
      ok: true,
      payload: { timedOut: true, success: false, stdout: "begun\n" },
    });
    const loud = await node.invoke("system.run", { command: ["loud"] });
    expect((loud.payload as { readonly stdout: string }).stdout.length).toBeLessThan(201_000);
    const cancelled = node.send("system.run", { command: ["slow", `${root}/p2`] });
    await eventually("the second program", () => written("p2"));
    node.cancel(cancelled);
    await node.resultOf(cancelled);
    node.send("system.run", { command: ["slow", `${root}/p3`] });
    await eventually("the third program", () => written("p3"));
    expect(await node.end()).toMatchObject({ exitCode: 0 });
    for (const name of ["p1", "p2", "p3"]) {
      const pid = Number(await readFile(`${root}/${name}`, "utf8"));
      await eventually(`${name} to be gone`, () => !isRunning(pid));
    }
  });

  it("takes its question back when a command is cancelled that waits for an operator", async () => {
    await using node = await startNode("silence");
    const waiting = node.send("system.run", { command: ["show"] });
    const asked = await eventually("the question", () => node.gateway.callsOf("exec.approval.request")[0]);
    expect(asked).toMatchObject({ toolCallId: waiting });
    node.cancel(waiting);
    expect(await node.resultOf(waiting)).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    const told = await eventually("the withdrawal", () =>
      (node.gateway.callsOf("node.event") as { readonly event: string }[]).find(
        ({ event }) => event === "exec.approval.withdrawn",
      ),
    );
    expect(told).toMatchObject({ payloadJSON: JSON.stringify({ toolCallId: waiting }) });
  });

  it("system.which finds programs by name alone", async () => {
    await using node = await startNode();
    expect(await node.invoke("system.which", { bins: ["show", "nope", "/bin/sh", "../bin/show", ""] })).toMatchObject({
      ok: true,
      payload: { bins: { show: `${root}/bin/show` } },
    });
    expect(await node.invoke("system.which", { bins: "show" })).toMatchObject({ ok: false });
  });

  it("ends when the credential is refused", async () => {
    await using gateway = await FakeGateway.start({
      admit: () => {
        throw new FakeRefusal({
          code: "INVALID_REQUEST",
          message: "unauthorized: gateway token mismatch",
          details: { code: "AUTH_TOKEN_MISMATCH" },
        });
      },
    });
    const ran = await run(["node", "run", "--port", String(gateway.port), "--token", "wrong"], {
      location: { stateDir: `${root}/state` },
    });
    expect(ran).toMatchObject({ exitCode: EXIT.refused, stderr: expect.stringContaining("--token") as string });
  });
});

describe("openclaw approvals", () => {
  const local = (...words: string[]) => run(["approvals", ...words], { location: { stateDir: `${root}/state` } });

  it("shows and changes the file of this machine", async () => {
    expect((await local("get")).stdout).toContain("not there yet");
    expect(await local("allowlist", "add", "git")).toMatchObject({ exitCode: EXIT.usage });
    expect(await local("allowlist", "add", "/usr/bin/git", "--agent", "main")).toMatchObject({ exitCode: 0 });
    expect((await local("allowlist", "add", "/usr/bin/git", "--agent", "main")).stdout).toContain("listed already");
    expect((await local("get", "--json")).json).toMatchObject({
      file: { agents: { main: { allowlist: [{ pattern: "/usr/bin/git" }] } } },
    });
    expect((await stat(`${root}/state/exec-approvals.json`)).mode & 0o777).toBe(0o600);
    expect(await local("allowlist", "remove", "/usr/bin/git")).toMatchObject({ exitCode: EXIT.failure });
    expect(await local("allowlist", "remove", "/usr/bin/git", "--agent", "main")).toMatchObject({ exitCode: 0 });
    await writeFile(`${root}/new.json`, '{"version":1,"defaults":{"security":"open"}}');
    const refused = await local("set", "--file", `${root}/new.json`);
    expect(refused).toMatchObject({
      exitCode: EXIT.failure,
      stderr: expect.stringContaining("defaults.security") as string,
    });
    await writeFile(`${root}/new.json`, '{"version":1,"defaults":{"security":"deny"}}');
    await writeFile(`${root}/state/exec-approvals.json`, "broken");
    expect((await local("get")).stderr).toContain("is not JSON");
    expect(await local("set", "--file", `${root}/new.json`)).toMatchObject({ exitCode: 0 });
    expect((await local("get")).stdout).toContain("security deny");
  });

  it("shows and changes those of a gateway and of a node, with the hash that was read", async () => {
    const snapshot = { path: "/x", exists: true, hash: "h1", file: { version: 1, defaults: {}, agents: {} } };
    await using gateway = await FakeGateway.start({
      answers: {
        "exec.approvals.get": () => snapshot,
        "exec.approvals.set": ({ params }) => ({ ...snapshot, file: params["file"] }),
        "exec.approvals.node.get": () => snapshot,
        "exec.approvals.node.set": ({ params }) => ({ ...snapshot, file: params["file"] }),
        "node.list": () => ({
          ts: 1,
          nodes: [{ nodeId: "n1", displayName: "box", caps: [], commands: [], paired: true, connected: true }],
        }),
        "exec.approval.list": () => [
          {
            id: "a1",
            request: {
              command: "rm\u202E x",
              cwd: null,
              host: "node",
              nodeId: "n1",
              security: null,
              ask: null,
              agentId: "main",
              resolvedPath: null,
              sessionKey: null,
            },
            createdAtMs: 1,
            expiresAtMs: Date.now() + 60_000,
          },
        ],
        "exec.approval.resolve": () => ({ ok: true }),
      },
    });
    const there = (...words: string[]) => run(["approvals", ...words], { url: gateway.url });
    expect(await there("allowlist", "add", "/usr/bin/git", "--gateway")).toMatchObject({ exitCode: 0 });
    expect(gateway.callsOf("exec.approvals.set")).toMatchObject([
      { baseHash: "h1", file: { agents: { "*": { allowlist: [{ pattern: "/usr/bin/git" }] } } } },
    ]);
    expect(await there("allowlist", "add", "/usr/bin/git", "--node", "box")).toMatchObject({ exitCode: 0 });
    expect(gateway.callsOf("exec.approvals.node.set")).toMatchObject([{ nodeId: "n1", baseHash: "h1" }]);
    expect(await there("get", "--node", "box", "--gateway")).toMatchObject({ exitCode: EXIT.usage });
    expect((await there("pending")).stdout).toContain(String.raw`rm\u{202e} x`);
    expect(await there("resolve", "a1", "maybe")).toMatchObject({ exitCode: EXIT.usage });
    expect(await there("resolve", "a1", "deny")).toMatchObject({ exitCode: 0 });
    expect(gateway.callsOf("exec.approval.resolve")).toEqual([{ id: "a1", decision: "deny" }]);
  });
});

async function written(name: string): Promise<boolean> {
  return (await readFile(`${root}/${name}`, "utf8").catch(() => "")).trim() !== "";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
