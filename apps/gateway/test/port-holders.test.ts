import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { freePort as findFreePort, TestProcess } from "@openclaw/testkit/process";
import { afterEach, describe, expect, it, vi } from "vitest";

import { findPortHolders, freePort, parseHolders, type PortHolder } from "../src/run/port-holders.ts";

const never = new AbortController().signal;

/** Another process that listens, and ends on SIGTERM unless it is told to be stubborn. */
async function listener(port: number, stubborn = false): Promise<TestProcess> {
  const script = `${stubborn ? "process.on('SIGTERM',()=>{});" : ""}
    require('net').createServer().listen(${port},'127.0.0.1',()=>console.log('up'))`;
  const running = TestProcess.start({ command: process.execPath, arguments: ["-e", script], environment: {} });
  await running.waitForOutput(/up/u);
  return running;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const hasLsof = spawnSync("lsof", ["-v"]).error === undefined;

describe.runIf(hasLsof)("the holders of a port", () => {
  it("R1.6 ends the listener with SIGTERM, tells who it was, and waits until the port is free", async () => {
    const port = await findFreePort();
    await using other = await listener(port);
    const ended: PortHolder[] = [];
    await freePort({ port, spare: [process.pid], onEnded: (holder) => ended.push(holder), signal: never });
    // Newer Nodes name their main thread, and lsof shows that name.
    expect(ended).toEqual([{ pid: other.pid, command: expect.stringMatching(/node|MainThread/u) as string }]);
    expect(await other.waitForExit()).toMatchObject({ signal: "SIGTERM" });
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
  });

  it("R1.6 never ends this process or its parent", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const attempt = freePort({ port, spare: [process.pid, process.ppid], onEnded: () => {}, signal: never });
    await expect(attempt).rejects.toThrow(/held by this process or its parent/u);
    server.close();
  });

  it("finds nobody on a free port, and leaves it at that", async () => {
    const port = await findFreePort();
    expect(await findPortHolders(port)).toEqual([]);
    await freePort({ port, spare: [], onEnded: () => expect.unreachable(), signal: never });
  });

  it("stops waiting for a stubborn listener when it is asked to", async () => {
    const port = await findFreePort();
    await using other = await listener(port, true);
    const stop = new AbortController();
    const attempt = freePort({ port, spare: [], onEnded: () => stop.abort(new Error("enough")), signal: stop.signal });
    await expect(attempt).rejects.toThrow();
    other.kill("SIGKILL");
  });
});

describe("what lsof says, or does not", () => {
  it("R1.6 fails at once and says so when there is no lsof", async () => {
    await using empty = await createTempDirectory();
    vi.stubEnv("PATH", empty.path);
    await expect(freePort({ port: 1, spare: [], onEnded: () => {}, signal: never })).rejects.toMatchObject({
      message: expect.stringContaining("--force needs the program lsof") as string,
      remedy: expect.stringContaining("Install lsof") as string,
    });
  });

  it("reads lsof's fields, several processes and files included", () => {
    expect(parseHolders("p12\ncnode\nf20\nf21\np13\ncssh\nf3\n")).toEqual([
      { pid: 12, command: "node" },
      { pid: 13, command: "ssh" },
    ]);
    expect(parseHolders("")).toEqual([]);
  });
});
