import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { FakeGateway, FakeRefusal } from "@openclaw/testkit/fake-gateway";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

const PHONE = "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889";
const MAC = "fe812c9900000000000000000000000000000000000000000000000000000000";
const OLD = "0badcafe00000000000000000000000000000000000000000000000000000000";
const NOW = 1_795_395_286_902;

const node = (nodeId: string, displayName: string, more: object = {}) => ({
  nodeId,
  displayName,
  platform: "ios",
  caps: ["camera"],
  commands: ["camera.snap"],
  paired: true,
  connected: true,
  lastSeenAtMs: NOW - 60_000,
  ...more,
});
const nodes = [
  node(PHONE, "Ada's iPhone", { remoteIp: "10.0.0.7" }),
  node(MAC, "Studio", { platform: "macos", pendingRequestId: "r1", pendingDeclaredCommands: ["system.run"] }),
  node(OLD, "Studio", { connected: false, lastSeenAtMs: NOW - 100_000_000 }),
];
const request = { requestId: "r1", nodeId: MAC, displayName: "Studio", commands: ["system.run"], ts: NOW - 1_000 };
const PICTURE = Buffer.from("a picture").toString("base64");

/** A gateway whose nodes answer every command with the payload. */
function withNodes(payload: unknown = null) {
  return FakeGateway.start({
    answers: {
      "node.list": () => ({ ts: NOW, nodes }),
      "node.describe": ({ params }) => ({ ts: NOW, ...nodes.find(({ nodeId }) => nodeId === params["nodeId"]) }),
      "node.pair.list": () => ({ pending: [request], paired: [] }),
      "node.pair.approve": ({ params }) => ({
        requestId: params["requestId"],
        node: {
          nodeId: MAC,
          displayName: "Studio",
          commands: ["system.run"],
          createdAtMs: 1,
          approvedAtMs: 1,
          token: "t0k",
        },
      }),
      "node.pair.reject": ({ params }) => ({ requestId: params["requestId"], nodeId: MAC }),
      "node.rename": ({ params }) => params,
      "node.invoke": ({ params }) => ({ ok: true, nodeId: params["nodeId"], command: params["command"], payload }),
    },
  });
}

describe("nodes: looking and deciding", () => {
  it("status, list, pending and describe show nodes and what waits", async () => {
    await using gateway = await withNodes();
    const { url } = gateway;
    const status = await run(["nodes"], { url });
    expect(status.stdout).toContain("Ada's iPhone");
    expect(status.stdout).toContain("connected, waits for approval");
    expect((await run(["nodes", "status", "--connected", "--json"], { url })).json).toMatchObject({
      nodes: [{ nodeId: PHONE }, { nodeId: MAC }],
    });
    const recent = await run(["nodes", "status", "--last-connected", "24h", "--json"], { url });
    expect(recent.json).toMatchObject({ nodes: [{ nodeId: PHONE }, { nodeId: MAC }] });
    expect((await run(["nodes", "list"], { url })).stdout).toContain("Waiting for approval");
    expect((await run(["nodes", "pending", "--json"], { url })).json).toEqual([request]);
    const described = await run(["nodes", "describe", "--node", "studio"], { url });
    expect(described.stdout).toContain(MAC);
    expect(described.stdout).toContain("system.run");
  });

  it("approve, reject and rename pass on what they are given", async () => {
    await using gateway = await withNodes();
    const { url } = gateway;
    const approved = await run(["nodes", "approve", "r1"], { url });
    expect(approved.stdout).toContain("approved Studio");
    expect(approved.stdout).toContain("t0k");
    await run(["nodes", "reject", "r1"], { url });
    await run(["nodes", "rename", "--node", "10.0.0.7", "--name", "Phone"], { url });
    expect(gateway.callsOf("node.pair.approve")).toEqual([{ requestId: "r1" }]);
    expect(gateway.callsOf("node.pair.reject")).toEqual([{ requestId: "r1" }]);
    expect(gateway.callsOf("node.rename")).toEqual([{ nodeId: PHONE, displayName: "Phone" }]);
    expect(gateway.connects.map(({ scopes }) => scopes)).toEqual([
      ["operator.pairing", "operator.admin"],
      ["operator.pairing"],
      ["operator.read", "operator.pairing"],
    ]);
  });

  it.each([
    [PHONE, PHONE],
    ["adas-iphone", PHONE],
    ["10.0.0.7", PHONE],
    ["fe812c12", PHONE],
    // Of two with one name the one that is there.
    ["STUDIO", MAC],
  ])("--node %s means one node", async (wanted, nodeId) => {
    await using gateway = await withNodes();
    await run(["nodes", "describe", "--node", wanted], { url: gateway.url });
    expect(gateway.callsOf("node.describe")).toEqual([{ nodeId }]);
  });

  it.each([
    ["fe812c", `"fe812c" may be any of 2 nodes`],
    ["fe812", `No node is called "fe812"`],
    ["fridge", "Nodes: Ada's iPhone"],
  ])("--node %s is refused with what there is", async (wanted, message) => {
    await using gateway = await withNodes();
    const { exitCode, stderr } = await run(["nodes", "describe", "--node", wanted], { url: gateway.url });
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain(message);
    expect(gateway.callsOf("node.describe")).toEqual([]);
  });
});

describe("nodes: asking one", () => {
  it.each<[string, string, unknown]>([
    [`invoke --command canvas.eval --params {"javaScript":"1"}`, "canvas.eval", { javaScript: "1" }],
    ["run -- ls -l", "system.run", { command: ["ls", "-l"] }],
    [
      "run --cwd /tmp --env A=b=c --command-timeout 900 --agent main --needs-screen-recording ls",
      "system.run",
      { command: ["ls"], cwd: "/tmp", env: { A: "b=c" }, timeoutMs: 900, agentId: "main", needsScreenRecording: true },
    ],
    ["run --raw df", "system.run", { command: ["/bin/sh", "-lc", "df"], rawCommand: "df" }],
    ["notify --title Hi --priority active", "system.notify", { title: "Hi", body: "", priority: "active" }],
    ["camera list", "camera.list", undefined],
    [
      "location get --accuracy precise --max-age 5",
      "location.get",
      { timeoutMs: 10_000, maxAgeMs: 5, desiredAccuracy: "precise" },
    ],
    ["canvas present --target / --x -5 --width 100", "canvas.present", { url: "/", placement: { x: -5, width: 100 } }],
    ["canvas hide", "canvas.hide", undefined],
    ["canvas navigate https://example.com", "canvas.navigate", { url: "https://example.com" }],
    ["canvas eval document.title", "canvas.eval", { javaScript: "document.title" }],
    ["canvas a2ui reset", "canvas.a2ui.reset", undefined],
  ])("nodes %s", async (words, command, params) => {
    await using gateway = await withNodes({ lat: 1 });
    // Options of the program that is to run come after --.
    const given = words.split(" ");
    const before = given.includes("--") ? given.indexOf("--") : given.length;
    const line = ["nodes", ...given.slice(0, before), "--node", PHONE, ...given.slice(before)];
    const { exitCode, stderr } = await run(line, { url: gateway.url });
    expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.ok, stderr: "" });
    const [call] = gateway.callsOf("node.invoke") as [Record<string, unknown>];
    expect(call).toMatchObject({ nodeId: PHONE, command, idempotencyKey: expect.any(String) as string });
    expect(call["params"]).toEqual(params);
  });

  it.each([
    [{ code: "PAIRING_CHANGED" }, "Studio (fe812c990000) offers was not approved yet.", "nodes approve r1"],
    [{ code: "NOT_CONNECTED" }, "Studio (fe812c990000) is not connected.", "nodes status"],
    [{ reason: "command not allowlisted" }, "node.invoke failed: no", "nodes describe --node fe812c990000"],
    [{ nodeError: { code: "E", message: "no" } }, "node.invoke failed: no", "The node Studio (fe812c990000) says so."],
  ])("tells what to do about %o", async (details, message, remedy) => {
    await using gateway = await FakeGateway.start({
      answers: {
        "node.list": () => ({ ts: NOW, nodes }),
        "node.invoke": () => {
          throw new FakeRefusal({ code: "UNAVAILABLE", message: "no", details });
        },
      },
    });
    const { exitCode, stderr } = await run(["nodes", "canvas", "hide", "--node", MAC], { url: gateway.url });
    expect(exitCode).toBe(EXIT.failure);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
  });

  it("run prints what the program wrote and fails when it does", async () => {
    await using gateway = await withNodes({ stdout: "out\n", stderr: "err\n", exitCode: 2, success: false });
    const { exitCode, stdout } = await run(["nodes", "run", "--node", PHONE, "false"], { url: gateway.url });
    expect(stdout).toBe("out\nerr\n");
    expect(exitCode).toBe(EXIT.failure);
    const none = await run(["nodes", "run", "--node", PHONE], { url: gateway.url });
    expect(none.exitCode).toBe(EXIT.usage);
    const rules = await run(["nodes", "run", "--node", PHONE, "--security", "full", "ls"], { url: gateway.url });
    expect(rules.stderr).toContain("the node decides by its own exec approvals");
  });

  it("a2ui push sends messages of version 0.8 and refuses others by the line", async () => {
    await using directory = await createTempDirectory();
    await using gateway = await withNodes();
    const { url } = gateway;
    const push = ["nodes", "canvas", "a2ui", "push", "--node", PHONE];
    await run([...push, "--text", "Dinner"], { url });
    const [call] = gateway.callsOf("node.invoke") as [{ params: { jsonl: string } }];
    const messages = call.params.jsonl.split("\n").map((line) => Object.keys(JSON.parse(line) as object));
    expect(messages).toEqual([["surfaceUpdate"], ["beginRendering"]]);
    const file = join(directory.path, "a.jsonl");
    await writeFile(file, '{"deleteSurface":{"surfaceId":"main"}}\n{"createSurface":{}}\n');
    const refused = await run([...push, "--jsonl", file], { url });
    expect(refused.exitCode).toBe(EXIT.usage);
    expect(refused.stderr).toContain("line 2 is of version 0.9");
  });
});

describe("nodes: pictures and films", () => {
  it("are written to new files of one's own, with a line MEDIA: for each", async () => {
    await using gateway = await withNodes({ format: "jpg", base64: PICTURE, width: 1, height: 1 });
    const { stdout } = await run(["nodes", "camera", "snap", "--node", PHONE, "--quality", "0.5"], {
      url: gateway.url,
    });
    const paths = stdout
      .trim()
      .split("\n")
      .map((line) => line.replace("MEDIA:", ""));
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      expect(await readFile(path, "utf8")).toBe("a picture");
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await rm(path);
    }
    const calls = gateway.callsOf("node.invoke") as { params: unknown }[];
    expect(calls.map(({ params }) => params)).toEqual([
      { facing: "front", quality: 0.5, format: "jpg" },
      { facing: "back", quality: 0.5, format: "jpg" },
    ]);
  });

  it("go to --out, which must not be there yet", async () => {
    await using directory = await createTempDirectory();
    await using gateway = await withNodes({ format: "mp4", base64: PICTURE });
    const out = join(directory.path, "demo.mp4");
    const line = [
      "nodes",
      "screen",
      "record",
      "--node",
      PHONE,
      "--duration",
      "5s",
      "--no-audio",
      "--out",
      out,
      "--json",
    ];
    expect((await run(line, { url: gateway.url })).json).toEqual({ file: { path: out, bytes: 9, format: "mp4" } });
    expect(gateway.callsOf("node.invoke")).toMatchObject([
      { command: "screen.record", timeoutMs: 120_000, params: { durationMs: 5_000, includeAudio: false, fps: 10 } },
    ]);
    const again = await run(line.slice(0, -1), { url: gateway.url });
    expect(again.stderr).toContain("EEXIST");
    const clip = await run(["nodes", "camera", "clip", "--node", PHONE, "--duration", "2m"], { url: gateway.url });
    expect(clip.stderr).toContain("at most a minute");
  });

  it.each([
    [{ format: "exe", base64: PICTURE }, "is no picture or film"],
    [{ format: "jpg", base64: "../../etc" }, "is no picture or film"],
    [null, "is no picture or film"],
    [{ format: "jpg", base64: "A".repeat(22_400_000) }, "at most 16777216 are written"],
  ])("are refused when they are none or too large", async (payload, message) => {
    await using gateway = await withNodes(payload);
    const words = ["nodes", "canvas", "snapshot", "--node", PHONE];
    const { exitCode, stderr, stdout } = await run(words, { url: gateway.url });
    expect(exitCode).toBe(EXIT.failure);
    expect(stderr).toContain(message);
    expect(stdout).not.toContain("MEDIA:");
  });
});
