import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { ToolContext, ToolSource } from "@openclaw/gateway-core/ports";
import { countOnSignal } from "@openclaw/testkit/signals";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, test } from "vitest";

import { mcpServers, type McpServerSettings } from "../../src/index.ts";
import { realClock, RecordedLog } from "../harness.ts";
import { createTestServer } from "./test-server.ts";

const PROGRAM = new URL("program.ts", import.meta.url).pathname;
const context: ToolContext = {
  runId: "r",
  agentId: "main",
  sessionKey: "agent:main:main",
  toolCallId: "c",
  call: () => Promise.reject(new Error("no gateway")),
  start: () => Promise.reject(new Error("no gateway")),
};

function program(settings: Partial<McpServerSettings> = {}, args: readonly string[] = []): McpServerSettings {
  return { command: process.execPath, args: ["--conditions=@openclaw/source", PROGRAM, ...args], ...settings };
}

function start(servers: Record<string, McpServerSettings>) {
  const log = new RecordedLog();
  const source = mcpServers({ servers, clock: realClock, log });
  source.start();
  const run = async (name: string, input: unknown = {}, signal = new AbortController().signal) => {
    const tool = source.tools().find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    return tool.execute(input, context, signal);
  };
  return { source, log, run, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

async function untilTools(source: ToolSource, count: number): Promise<void> {
  await expect.poll(() => source.tools().length, { timeout: 12_000 }).toBe(count);
}

async function serveHttp(port = 0) {
  const headers: unknown[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers.authorization);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined } as never);
    void createTestServer()
      .connect(transport as never)
      .then(() => transport.handleRequest(request, response));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    headers,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("MCP servers on standard input and output", () => {
  test("their tools are offered with prefixed names, called, and their answers given as text", async () => {
    await using mcp = start({ files: program() });
    await untilTools(mcp.source, 7);
    const [add, say] = mcp.source.tools();
    expect([add?.name, say?.name]).toEqual(["mcp_files_add", "mcp_files_say_it"]);
    expect(add).toMatchObject({ description: "Adds.", sideEffects: false, parameters: { type: "object" } });
    expect(say?.sideEffects).toBe(true);
    expect(await mcp.run("mcp_files_add", { a: 1, b: 2 })).toEqual({ text: "3" });
    expect(await mcp.run("mcp_files_fail")).toEqual({ text: "it is broken", isError: true });
    expect(await mcp.run("mcp_files_picture")).toEqual({ text: "[image image/png, not shown]" });
  });

  test("S they get no variable of the gateway beyond a few harmless ones, and no shell reads their arguments", async () => {
    process.env["SECRET_OF_THE_GATEWAY"] = "x";
    await using directory = await createTempDirectory();
    const journal = "a b; touch oops";
    await using mcp = start({ files: program({ env: { OWN: "1" }, cwd: directory.path }, [journal]) });
    await untilTools(mcp.source, 7);
    const { text } = await mcp.run("mcp_files_environment");
    expect(text).toContain("OWN");
    expect(text).not.toContain("SECRET_OF_THE_GATEWAY");
    delete process.env["SECRET_OF_THE_GATEWAY"];
    expect(await readdir(directory.path)).toEqual([journal]);
  });

  test("one that crashes is started again, and the others stay", async () => {
    await using directory = await createTempDirectory();
    const journal = `${directory.path}/starts`;
    await using mcp = start({ files: program({}, [journal]), other: program() });
    await untilTools(mcp.source, 14);
    await expect(mcp.run("mcp_files_crash")).rejects.toThrow();
    await expect.poll(() => mcp.source.tools().some(({ name }) => name.startsWith("mcp_files"))).toBe(false);
    expect(await mcp.run("mcp_other_add", { a: 2, b: 2 })).toEqual({ text: "4" });
    await untilTools(mcp.source, 14);
    expect(await mcp.run("mcp_files_add", { a: 1, b: 1 })).toEqual({ text: "2" });
    expect((await readFile(journal, "utf8")).split("\n")).toHaveLength(3);
    expect(mcp.log.text).toContain("it is tried again");
  });

  test("one that can not be started gives no tools and does no harm", async () => {
    await using mcp = start({ gone: { command: "/nonexistent/program" }, files: program() });
    await untilTools(mcp.source, 7);
    expect(mcp.log.text).toContain("gone");
  });

  test("a call ends at its deadline, and with the turn", async () => {
    await using mcp = start({ files: program({ timeoutMs: 3_000 }) });
    await untilTools(mcp.source, 7);
    await expect(mcp.run("mcp_files_hang")).rejects.toThrow(/timed out/iu);
    const abort = new AbortController();
    const call = mcp.run("mcp_files_hang", {}, abort.signal);
    abort.abort(new Error("stopped"));
    await expect(call).rejects.toThrow();
    expect(await mcp.run("mcp_files_add", { a: 1, b: 1 })).toEqual({ text: "2" });
  });

  test("F16 a call leaves nothing behind at the signal that it was made with", async () => {
    await using mcp = start({ files: program() });
    await untilTools(mcp.source, 7);
    const { signal } = new AbortController();
    for (let a = 0; a < 20; a += 1) {
      expect(await mcp.run("mcp_files_add", { a, b: 1 }, signal)).toEqual({ text: String(a + 1) });
    }
    expect(countOnSignal(signal)).toBe(0);
  });
});

describe("MCP servers over HTTP", () => {
  test("are asked with the configured headers, and found again after they were gone", async () => {
    let server = await serveHttp();
    const { port } = server;
    const url = `http://127.0.0.1:${port}/mcp`;
    await using mcp = start({ web: { url, headers: { authorization: "Bearer t0ken" } } });
    await untilTools(mcp.source, 7);
    expect(await mcp.run("mcp_web_add", { a: 20, b: 22 })).toEqual({ text: "42" });
    expect(new Set(server.headers)).toEqual(new Set(["Bearer t0ken"]));
    await server[Symbol.asyncDispose]();
    await expect(mcp.run("mcp_web_add", { a: 1, b: 1 })).rejects.toThrow();
    expect(mcp.source.tools()).toEqual([]);
    server = await serveHttp(port);
    await untilTools(mcp.source, 7);
    expect(await mcp.run("mcp_web_add", { a: 1, b: 1 })).toEqual({ text: "2" });
    expect(mcp.log.text).not.toContain("t0ken");
    await server[Symbol.asyncDispose]();
  });
});
