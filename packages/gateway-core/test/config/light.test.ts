import { execFile } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type LightConfig, readLightConfig, resolvePaths, writeNewConfig } from "../../src/config/light.ts";
import { loadConfigRuntime } from "../../src/config/runtime.ts";

let home: TempDirectory;

beforeEach(async () => {
  home = await createTempDirectory();
});
afterEach(() => home[Symbol.asyncDispose]());

function read(source?: { environment?: Record<string, string>; dev?: boolean; port?: number }): Promise<LightConfig> {
  const { environment = {}, ...selection } = source ?? {};
  return readLightConfig({ environment, homeDirectory: home.path, selection, workingDirectory: home.path });
}

async function write(text: string, profile = ""): Promise<void> {
  const path = join(home.path, `.openclaw${profile}/openclaw.json`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}

describe("readLightConfig", () => {
  it("answers the defaults when there is no file", async () => {
    expect(await read()).toMatchObject({
      exists: false,
      mode: undefined,
      port: 18_789,
      auth: { mode: "token", secret: undefined },
      problems: [],
    });
    expect(await read({ dev: true })).toMatchObject({ port: 19_001, paths: { profile: "dev" } });
  });

  it("reads port, mode, bind, auth and remote from JSON5 with variables and includes", async () => {
    await write(
      '{env:{P:"from-file"}, gateway:{$include:"g.json", port:4000, remote:{url:"ws://h:1", token:"${P}", password:"${NONE}"}}}',
    );
    await writeFile(
      join(home.path, ".openclaw/g.json"),
      '{"mode":"remote","bind":"lan","auth":{"mode":"password","password":"${PASS}"}}',
    );
    await writeFile(join(home.path, ".openclaw/.env"), "PASS=from-dotenv\n");
    expect(await read()).toMatchObject({
      exists: true,
      mode: "remote",
      port: 4000,
      bind: "lan",
      auth: { mode: "password", secret: "from-dotenv" },
      remote: { url: "ws://h:1", token: "from-file", password: undefined },
      problems: [],
    });
  });

  it("R1.4 lets flag and environment come before the file", async () => {
    await write("{gateway:{port:4000}}");
    expect((await read({ environment: { OPENCLAW_GATEWAY_PORT: "4001" } })).port).toBe(4001);
    expect((await read({ environment: { OPENCLAW_GATEWAY_PORT: "4001" }, port: 4002 })).port).toBe(4002);
  });

  it("F27 still works with a file that the gateway would refuse, or that is broken", async () => {
    await write("{gateway:{port:4000, prot:1, auth:{token:5}}, zzz:1}");
    expect(await read()).toMatchObject({ port: 4000, auth: { secret: undefined } });
    await write("{gateway:{port:4000,auth:{token:'t'}}}");
    const environment = { OPENCLAW_STATE_DIR: join(home.path, ".openclaw") };
    await loadConfigRuntime({ environment, homeDirectory: home.path, workingDirectory: home.path });
    await write("{gateway:{port:");
    const light = await read();
    expect(light).toMatchObject({ exists: true, port: 4000, auth: { mode: "token", secret: "t" } });
    expect(light.problems).toEqual([expect.stringMatching(/openclaw\.json is not valid JSON5/)]);
  });

  it("agrees with the full loader on what it answers", async () => {
    await write('{gateway:{mode:"local",port:4000,bind:"lan",auth:{token:"abc"}},agents:{defaults:{workspace:"/w"}}}');
    const light = await read();
    const { current } = await loadConfigRuntime({
      environment: {},
      homeDirectory: home.path,
      workingDirectory: home.path,
    });
    expect(current.gateway).toMatchObject({
      mode: light.mode,
      port: light.port,
      bind: light.bind,
      auth: { token: light.auth.secret },
    });
    expect(current.agents.defaults.workspace).toBe(light.workspace);
  });

  it("loads neither zod nor a server", async () => {
    const entry = new URL("../../src/config/light.ts", import.meta.url).href;
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const light = await import(${JSON.stringify(entry)});
      await light.readLightConfig({ environment: {}, homeDirectory: "/nowhere", workingDirectory: "/nowhere" });
      process.stdout.write(JSON.stringify(loaded.filter((url) => url.includes("node_modules") || url.includes("/packages/"))));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--conditions=@openclaw/source",
      "--input-type=module",
      "--eval",
      script,
    ]);
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded.length).toBeGreaterThan(5);
    expect(loaded.filter((url) => !url.includes("/gateway-core/src/config/"))).toEqual([]);
    expect(loaded.filter((url) => url.includes("/schema"))).toEqual([]);
  });
});

describe("writeNewConfig", () => {
  it("R3.7 writes a local configuration with a generated token, for the owner alone", async () => {
    const paths = resolvePaths({}, home.path, { dev: true });
    expect(await writeNewConfig(paths)).toEqual({ path: paths.configFile, created: true });
    expect((await stat(paths.configFile)).mode & 0o777).toBe(0o600);
    expect((await stat(paths.stateDir)).mode & 0o777).toBe(0o700);
    const light = await read({ dev: true });
    expect(light).toMatchObject({
      mode: "local",
      bind: "loopback",
      port: 19_001,
      workspace: join(home.path, ".openclaw/workspace-dev"),
    });
    expect(Buffer.from(light.auth.secret ?? "", "base64url").length).toBeGreaterThanOrEqual(32);
    const runtime = await loadConfigRuntime({
      environment: {},
      homeDirectory: home.path,
      selection: { dev: true },
      workingDirectory: home.path,
    });
    expect(runtime).toMatchObject({ state: "ok", warnings: [] });
  });

  it("never overwrites, and gives each new configuration a token of its own", async () => {
    const one = resolvePaths({}, home.path, { profile: "one" });
    const two = resolvePaths({}, home.path, { profile: "two" });
    await writeNewConfig(one, { port: 4000, workspace: "/w" });
    await writeNewConfig(two, { mode: "remote", remoteUrl: "ws://h", remoteToken: "t" });
    const before = await readFile(one.configFile, "utf8");
    expect(await writeNewConfig(one, { port: 5000 })).toEqual({ path: one.configFile, created: false });
    expect(await readFile(one.configFile, "utf8")).toBe(before);
    expect(JSON.parse(before)).toMatchObject({ gateway: { port: 4000 }, agents: { defaults: { workspace: "/w" } } });
    const other = JSON.parse(await readFile(two.configFile, "utf8")) as { gateway: { auth: { token: string } } };
    expect(other).toMatchObject({ gateway: { mode: "remote", remote: { url: "ws://h", token: "t" } } });
    expect(before).not.toContain(other.gateway.auth.token);
  });
});
