import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ConfigError } from "../../src/config/errors.ts";
import { type ConfigRuntime, fixedConfig, loadConfigRuntime } from "../../src/config/runtime.ts";
import { FatalError } from "../../src/errors.ts";

let directory: TempDirectory;
let file: string;
let stateDir: string;

beforeEach(async () => {
  directory = await createTempDirectory();
  stateDir = join(directory.path, "state");
  await mkdir(stateDir);
  file = join(stateDir, "openclaw.json");
});
afterEach(() => directory[Symbol.asyncDispose]());

function load(environment: Record<string, string> = {}): Promise<ConfigRuntime> {
  return loadConfigRuntime({
    environment: { OPENCLAW_STATE_DIR: stateDir, ...environment },
    homeDirectory: directory.path,
    workingDirectory: directory.path,
  });
}

const write = (source: string) => writeFile(file, source, { mode: 0o600 });

describe("loadConfigRuntime", () => {
  it("uses the defaults when there is no file, and keeps none as the last good one", async () => {
    const runtime = await load();
    expect(runtime).toMatchObject({
      state: "ok",
      issues: [],
      warnings: [],
      source: { path: file, exists: false, hash: undefined },
    });
    expect(runtime.current.agents.defaults).toMatchObject({ timeoutSeconds: 600, maxConcurrent: 4 });
    expect(runtime.current.session.dmScope).toBe("main");
    expect(await readdir(stateDir)).toEqual([]);
  });

  it("says where the configuration came from, with the hash of the file", async () => {
    await write("{}\n");
    expect((await load()).source).toEqual({
      path: file,
      exists: true,
      hash: "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356",
    });
  });

  it("R1.2 a first start with a bad file ends with one line that names the problem and the remedy", async () => {
    await write("{gateway: {prot: 1}}");
    const failure = await load().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FatalError);
    expect((failure as FatalError).message).toBe(
      `The configuration ${file} can not be used: gateway.prot: unknown key; did you mean "port"?`,
    );
    expect((failure as FatalError).remedy).toContain(`Correct ${file}`);
    expect((failure as FatalError).cause).toBeInstanceOf(ConfigError);
  });

  it("R1.2 a profile name or a port that can not be used ends the start", async () => {
    await expect(load({ OPENCLAW_PROFILE: "../x" })).rejects.toThrow(FatalError);
    await expect(load({ OPENCLAW_GATEWAY_PORT: "http" })).rejects.toThrow(
      /^OPENCLAW_GATEWAY_PORT can not be used: expected a port/,
    );
  });

  it("F27 a later start with a bad file runs on the last good one and says so", async () => {
    await write('{gateway: {port: 4000}, agents: {list: [{id: "a"}]}}');
    await load();
    await write("{gateway: {port: 4001, unknown: true}}");
    const runtime = await load();
    expect(runtime.state).toBe("invalid-using-last-good");
    expect(runtime.current.gateway.port).toBe(4000);
    expect(runtime.current.agents.list[0]?.id).toBe("a");
    expect(runtime.issues).toEqual([{ file, path: "gateway.unknown", message: "unknown key" }]);
    expect(runtime.warnings[0]).toMatch(
      /gateway\.unknown: unknown key.* The gateway runs on the configuration of \d{4}-/,
    );
    await write("{gateway: {port: 4002}}");
    expect(await load()).toMatchObject({ state: "ok", issues: [], current: { gateway: { port: 4002 } } });
  });

  it("F27 a bad file is never kept as the last good one", async () => {
    await write("{gateway: {port: 4000}}");
    await load();
    for (const source of ["{", "{gateway: {port: 0}}", "", '{gateway: {auth: {token: "${NOPE}"}}}']) {
      await write(source);
      expect((await load()).current.gateway.port).toBe(4000);
    }
  });

  it("F27 a variable that went missing costs its key, not the start", async () => {
    await write('{gateway: {port: 4000}, models: {providers: {openai: {apiKey: "${KEY}"}}}}');
    expect((await load({ KEY: "sk-1" })).current.models.providers["openai"]?.apiKey).toBe("sk-1");
    const runtime = await load();
    expect(runtime.state).toBe("invalid-using-last-good");
    expect(runtime.current.gateway.port).toBe(4000);
    expect(runtime.current.models.providers["openai"]).toEqual({ models: [] });
    expect(runtime.issues[0]?.message).toContain("refers to ${KEY}, which is not set");
    expect(runtime.warnings.join("\n")).toContain("Left out of that configuration: models.providers.openai.apiKey");
  });

  it("keeps the last good configuration for the owner alone, and no value of a variable in it", async () => {
    await write('{gateway: {auth: {token: "${TOKEN}"}}}');
    const runtime = await load({ TOKEN: "only-in-the-environment" });
    const kept = runtime.paths.lastGoodFile;
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect(await readFile(kept, "utf8")).not.toContain("only-in-the-environment");
    expect(await readdir(stateDir)).toEqual(["openclaw.json", "openclaw.last-good.json"]);
  });

  it("does not use what was kept for another file", async () => {
    await write("{gateway: {port: 4000}}");
    await load();
    const other = join(directory.path, "other.json");
    await writeFile(other, "{", { mode: 0o600 });
    await expect(load({ OPENCLAW_CONFIG_PATH: other })).rejects.toThrow(FatalError);
  });

  it("starts all the same when the last good configuration can not be kept or read", async () => {
    await write("{gateway: {port: 4000}}");
    await mkdir(join(stateDir, "openclaw.last-good.json"));
    const runtime = await load();
    expect(runtime.state).toBe("ok");
    expect(runtime.warnings.join()).toContain("could not be kept as the last good one");
    await rm(join(stateDir, "openclaw.last-good.json"), { recursive: true });
    await writeFile(join(stateDir, "openclaw.last-good.json"), '{"format":1,"configFi');
    await write("{");
    await expect(load()).rejects.toThrow(/can not be used: is not valid JSON5/);
  });

  it("F28 a file cut at any byte is refused as a whole, and the last good one runs", async () => {
    const source = JSON.stringify({
      gateway: { port: 4000, auth: { token: "abcdef" } },
      agents: { list: [{ id: "a", name: "ä" }] },
    });
    const bytes = Buffer.from(source);
    await write(source);
    const complete = (await load()).current;
    for (let length = 0; length < bytes.length; length += 1) {
      await writeFile(file, bytes.subarray(0, length));
      const runtime = await load();
      expect(runtime.state, `cut at ${length}`).toBe("invalid-using-last-good");
      expect(runtime.current).toEqual(complete);
    }
  });

  it("F28 a last good file cut at any byte is never half used", async () => {
    await write("{gateway: {port: 4000}}");
    const { paths } = await load();
    const bytes = await readFile(paths.lastGoodFile);
    await write("{");
    for (let length = 0; length < bytes.length - 1; length += 7) {
      await writeFile(paths.lastGoodFile, bytes.subarray(0, length));
      await expect(load(), `cut at ${length}`).rejects.toThrow(FatalError);
    }
    await writeFile(paths.lastGoodFile, bytes);
    expect((await load()).current.gateway.port).toBe(4000);
  });

  it("layers variables: process, .env of the working directory, .env of the state directory, the file", async () => {
    await writeFile(join(directory.path, ".env"), "A=cwd\nB=cwd\nOPENCLAW_PROFILE=evil\n");
    await writeFile(join(stateDir, ".env"), "A=state\nB=state\nC=state\n");
    await write('{env: {A: "file", B: "file", C: "file", D: "file"}, gateway: {auth: {token: "${A}${B}${C}${D}"}}}');
    const runtime = await load({ A: "process" });
    expect(runtime.current.gateway.auth.token).toBe("processcwdstatefile");
    expect(runtime.environment).toMatchObject({ A: "process", B: "cwd", C: "state", D: "file" });
    expect(runtime.paths.profile).toBeUndefined();
  });

  it("warns of keys without effect, of bindings to nobody and of files that others can read", async () => {
    await write(`{
      cron: { enabled: true }, hooks: { enabled: false }, discovery: { mdns: { mode: "off" } },
      agents: { defaults: { heartbeat: { every: "30m" } }, list: [{ id: "a" }] },
      bindings: [{ agentId: "b", match: { channel: "telegram" } }],
      channels: { slack: {}, signal: { enabled: false } },
      gateway: { token: "ignored", reload: { mode: "hybrid" } },
    }`);
    await chmod(file, 0o644);
    expect((await load()).warnings).toEqual([
      `Other users of this machine can read ${file}, which may hold credentials; run: chmod 600 ${file}`,
      "gateway.reload is set, but has no effect in this version.",
      "gateway.token is set, but has no effect in this version.",
      "channels.slack is set, but has no effect in this version.",
      'bindings[0] names the agent "b", which is not in agents.list; it is skipped.',
    ]);
  });

  it("collects the secrets of the file and of the environment, and nothing that only sounds like one", async () => {
    await write(`{
      gateway: { auth: { token: "gateway-token" }, remote: { password: "remote-password" } },
      models: { providers: { p: { apiKey: "provider-key", headers: { "X-Custom": "header-value" } } } },
      channels: { slack: { accounts: { a: { botToken: "account-token", tokenFile: "/run/token" } } } },
      hooks: { token: "hook-token" },
      agents: { defaults: { contextTokens: 100000 } },
    }`);
    const { secrets } = await load({ TELEGRAM_BOT_TOKEN: "bot-token", OPENCLAW_SHOW_SECRETS: "yes", HOME: "/home/me" });
    expect([...secrets].toSorted()).toEqual([
      "account-token",
      "bot-token",
      "gateway-token",
      "header-value",
      "hook-token",
      "provider-key",
      "remote-password",
    ]);
  });
});

describe("fixedConfig", () => {
  it("fills in defaults and reads nothing", () => {
    const runtime = fixedConfig({ gateway: { port: 5000 } }, { stateDir: "/nowhere" });
    expect(runtime.current.gateway).toMatchObject({ port: 5000, bind: "loopback" });
    expect(runtime.paths.databaseFile).toBe("/nowhere/gateway.sqlite");
    expect(runtime.state).toBe("ok");
  });

  it("refuses what a file may not hold either", () => {
    expect(() => fixedConfig({ gateway: { port: -1 } })).toThrow(/gateway\.port: expected at least 1, got -1/);
  });
});
