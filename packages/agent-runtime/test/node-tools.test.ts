import { readdir, readFile, stat } from "node:fs/promises";

import type { MethodName, ParamsOf, ResultOf, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, test } from "vitest";

import { builtInTools } from "../src/index.ts";

type Nodes = ResultOf<"node.list">["nodes"];
type Invocation = ParamsOf<"node.invoke">;

const PHONE = "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889";
const phone = { nodeId: PHONE, displayName: "Phone", caps: ["camera"], commands: [], paired: true, connected: true };
const studio = { ...phone, nodeId: "ab12cd34", displayName: "Studio", remoteIp: "10.0.0.7" };
const PICTURE = Buffer.from("a picture").toString("base64");

class Refusal extends Error {
  override readonly name = "GatewayError";
  readonly code = "INVALID_REQUEST";
}

/** A gateway with nodes that answer every command with the payload. */
function gatewayWith(nodes: Nodes, payload: unknown = null) {
  const invocations: Invocation[] = [];
  const answers: { readonly [M in MethodName]?: (params: never) => unknown } = {
    "node.list": () => ({ ts: 1, nodes }),
    "node.describe": ({ nodeId }: ParamsOf<"node.describe">) => ({
      ts: 1,
      ...nodes.find((node) => node.nodeId === nodeId),
    }),
    "node.invoke": (params: Invocation) => {
      invocations.push(params);
      if (params.command === "sms.send" || payload instanceof Error) throw new Refusal("node command not allowed");
      return { ok: true, nodeId: params.nodeId, command: params.command, payload };
    },
  };
  const call = async (method: MethodName, params: unknown): Promise<unknown> => {
    const answer = answers[method];
    if (answer === undefined) throw new Error(`nothing answers ${method}`);
    return answer(params as never);
  };
  const context: ToolContext = {
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:main",
    toolCallId: "call-1",
    call: call as ToolContext["call"],
    start: () => Promise.reject(new Error("nothing is started")),
  };
  const run = (name: string, input: unknown, mediaDirectory?: string): Promise<ToolResult> => {
    const tools = builtInTools(mediaDirectory === undefined ? {} : { mediaDirectory });
    const tool = tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    return tool.execute(input, context, new AbortController().signal);
  };
  return { invocations, run, context };
}

describe("nodes and canvas", () => {
  test.each([
    ["nodes", { action: "notify", title: "Hi" }],
    ["nodes", { action: "describe" }],
    ["canvas", { action: "hide" }],
  ])("%s %o says that no node is connected", async (name, input) => {
    const { run } = gatewayWith([{ ...phone, connected: false }]);
    expect(await run(name, input)).toEqual({ text: "No node is connected to this gateway.", isError: true });
  });

  test.each<[string, Record<string, unknown>, string, unknown]>([
    ["nodes", { action: "notify", title: "Hi" }, "system.notify", { title: "Hi", body: "" }],
    ["nodes", { action: "camera_list" }, "camera.list", undefined],
    [
      "nodes",
      { action: "location_get", desiredAccuracy: "coarse" },
      "location.get",
      { timeoutMs: 10_000, desiredAccuracy: "coarse" },
    ],
    [
      "nodes",
      { action: "run", command: ["ls", "-l"], env: ["A=b=c"], cwd: "/tmp" },
      "system.run",
      { command: ["ls", "-l"], env: { A: "b=c" }, cwd: "/tmp", agentId: "main", sessionKey: "agent:main:main" },
    ],
    ["canvas", { action: "present", target: "/", x: 1 }, "canvas.present", { url: "/", placement: { x: 1 } }],
    ["canvas", { action: "hide" }, "canvas.hide", undefined],
    ["canvas", { action: "navigate", url: "https://example.com" }, "canvas.navigate", { url: "https://example.com" }],
    ["canvas", { action: "eval", javaScript: "1" }, "canvas.eval", { javaScript: "1" }],
    ["canvas", { action: "a2ui_push", jsonl: "{}" }, "canvas.a2ui.push", { jsonl: "{}" }],
    ["canvas", { action: "a2ui_reset" }, "canvas.a2ui.reset", undefined],
  ])("%s %o asks the one connected node", async (name, input, command, params) => {
    const { run, invocations } = gatewayWith([phone], { answer: 7 });
    expect(await run(name, input)).toEqual({ text: '{"answer":7}' });
    expect(invocations).toMatchObject([{ nodeId: PHONE, command, idempotencyKey: "run-1:call-1:0" }]);
    expect(invocations[0]?.params).toEqual(params);
  });

  test.each([
    ["Studio", "ab12cd34"],
    ["studio", "ab12cd34"],
    ["10.0.0.7", "ab12cd34"],
    [PHONE, PHONE],
    ["fe812c", PHONE],
  ])("node %s means one of several", async (node, nodeId) => {
    const { run, invocations } = gatewayWith([phone, studio]);
    expect((await run("canvas", { action: "hide", node })).text).toBe("Done.");
    expect(invocations).toMatchObject([{ nodeId }]);
  });

  test.each([
    [undefined, 'Say which node with "node". Connected: Phone (fe812c12f3ab), Studio (ab12cd34).'],
    ["fridge", '"fridge" is not one connected node. Connected: Phone (fe812c12f3ab), Studio (ab12cd34).'],
  ])("node %s is refused with what there is", async (node, text) => {
    const { run, invocations } = gatewayWith([phone, studio]);
    expect(await run("canvas", { action: "hide", node })).toEqual({ text, isError: true });
    expect(invocations).toEqual([]);
  });

  test.each([
    ["nodes", { action: "approve", requestId: "r1" }, "Letting nodes in is for people"],
    ["nodes", { action: "sing" }, "The actions are: status"],
    ["nodes", { action: "notify" }, '"title" or "body" is required'],
    ["nodes", { action: "run" }, '"command" is required'],
    ["nodes", { action: "run", command: ["ls"], env: ["A"] }, "NAME=value"],
    ["canvas", { action: "navigate" }, '"url" is required'],
    ["canvas", { action: "eval" }, '"javaScript" is required'],
    ["canvas", { action: "a2ui_push" }, '"jsonl" is required'],
    ["canvas", { action: "sing" }, "The actions are: present"],
  ])("%s %o says what is wrong", async (name, input, words) => {
    const { run, invocations } = gatewayWith([phone]);
    const { text, isError } = await run(name, input);
    expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining(words) as string });
    expect(invocations).toEqual([]);
  });

  test("shows the nodes, and hands on what the gateway refuses", async () => {
    const { run } = gatewayWith([phone, { ...studio, connected: false }], new Error("refused"));
    const { text } = await run("nodes", { action: "status" });
    expect(text.split("\n")).toEqual([
      "fe812c12f3ab | Phone | - | connected | camera",
      "ab12cd34 | Studio | - | away | camera",
    ]);
    expect((await run("nodes", { action: "describe" })).text).toContain(PHONE);
    expect(await run("canvas", { action: "hide" })).toEqual({
      text: "INVALID_REQUEST: node command not allowed",
      isError: true,
    });
  });
});

describe("pictures and films", () => {
  test("become files of one's own that the agent can send", async () => {
    await using directory = await createTempDirectory();
    const media = `${directory.path}/media`;
    const { run, invocations } = gatewayWith([phone], { format: "jpg", base64: PICTURE });
    const { text } = await run("nodes", { action: "camera_snap", facing: "both" }, media);
    const paths = text.split("\n").map((line) => line.replace("MEDIA:", ""));
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      expect(await readFile(path, "utf8")).toBe("a picture");
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
    expect(invocations.map(({ params, idempotencyKey }) => [params, idempotencyKey])).toEqual([
      [{ facing: "front", format: "jpg" }, "run-1:call-1:0"],
      [{ facing: "back", format: "jpg" }, "run-1:call-1:1"],
    ]);
  });

  test("are kept for the newest 32 alone", async () => {
    await using directory = await createTempDirectory();
    const { context } = gatewayWith([phone], { format: "jpg", base64: PICTURE });
    const tool = builtInTools({ mediaDirectory: directory.path }).find(({ name }) => name === "nodes");
    const paths: string[] = [];
    for (let count = 0; count < 33; count += 1) {
      const result = await tool?.execute({ action: "camera_snap" }, context, new AbortController().signal);
      paths.push(result?.text.replace("MEDIA:", "") ?? "");
    }
    const kept = await readdir(directory.path);
    expect(kept.map((name) => `${directory.path}/${name}`).toSorted((a, b) => a.localeCompare(b))).toEqual(
      paths.slice(1).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  test.each([
    ["nodes", { action: "camera_clip", durationMs: 999_999, facing: "back" }, { facing: "back", durationMs: 60_000 }],
    ["nodes", { action: "screen_record", includeAudio: true }, { screenIndex: 0, fps: 10, includeAudio: true }],
    ["canvas", { action: "snapshot", format: "png", maxWidth: 10 }, { format: "png", maxWidth: 10 }],
  ])("%s %o asks for one", async (name, input, params) => {
    await using directory = await createTempDirectory();
    const { run, invocations } = gatewayWith([phone], { format: "mp4", base64: PICTURE });
    expect((await run(name, input, directory.path)).text).toMatch(/^MEDIA:.*\.mp4$/u);
    expect(invocations).toMatchObject([{ params }]);
    expect(await readdir(directory.path)).toHaveLength(1);
  });

  test.each([
    [{ format: "exe", base64: PICTURE }],
    [{ format: "jpg", base64: "../.." }],
    [{ format: "jpg", base64: "" }],
    [{ format: "jpg", base64: "A".repeat(22_400_000) }],
    ["a picture"],
  ])("are refused when they are none or too large", async (payload) => {
    await using directory = await createTempDirectory();
    const { run } = gatewayWith([phone], payload);
    const { text, isError } = await run("nodes", { action: "camera_snap" }, directory.path);
    expect({ text, isError }).toEqual({
      text: "The node's answer is no picture or film of at most 16 MiB.",
      isError: true,
    });
    expect(await readdir(directory.path)).toEqual([]);
  });

  test("can not be had where there is no place for them", async () => {
    const { run } = gatewayWith([phone], { format: "jpg", base64: PICTURE });
    expect((await run("nodes", { action: "camera_snap" })).isError).toBe(true);
  });
});
