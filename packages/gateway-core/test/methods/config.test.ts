import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfigRuntime } from "../../src/config/runtime.ts";
import { startGateway } from "../support/running-gateway.ts";

const SOURCE = `{
  // keep me
  gateway: { mode: "local", auth: { token: "a-secret-token-1" } },
  channels: { memory: {} },
  logging: { level: "debug" },
}
`;
const MARK = "__OPENCLAW_REDACTED__";

let directory: TempDirectory;
let file: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  await mkdir(join(directory.path, "state"));
  file = join(directory.path, "state", "openclaw.json");
});
afterEach(() => directory[Symbol.asyncDispose]());

async function startOn(source: string | undefined, environment: Record<string, string> = {}) {
  if (source !== undefined) await writeFile(file, source, { mode: 0o600 });
  const { plugin } = createMemoryChannel();
  const config = await loadConfigRuntime({
    environment: { OPENCLAW_STATE_DIR: join(directory.path, "state"), ...environment },
    homeDirectory: directory.path,
    workingDirectory: directory.path,
    channelSchemas: { [plugin.id]: plugin.configSchema },
  });
  return startGateway(directory.path, { config });
}

describe("17.1 config.get", () => {
  it("shows the file, its defaults and what is in use, to both generations, and never a credential", async () => {
    await using gateway = await startOn(SOURCE);
    for (const protocol of [3, 4] as const) {
      await using client = await gateway.connect({ protocol, scopes: ["operator.read"] });
      const { payload } = await client.request("config.get", {});
      expect(JSON.stringify(client.frames)).not.toContain("a-secret-token-1");
      expect(payload).toMatchObject({
        path: file,
        exists: true,
        raw: SOURCE.replace("a-secret-token-1", MARK),
        parsed: { gateway: { mode: "local", auth: { token: MARK } } },
        config: { agents: { defaults: { maxConcurrent: 4 } }, gateway: { auth: { token: MARK } } },
        runtimeConfig: { gateway: { auth: { token: MARK } } },
        valid: true,
        issues: [],
        legacyIssues: [],
        hash: expect.stringMatching(/^hmac-sha256:v1:/u) as string,
      });
      expect(payload?.["appliedConfigHash"]).toBe(payload?.["hash"]);
      // 7.7: the hello names it too.
      const hello = client.frames.find((frame) => frame.payload?.["type"] === "hello-ok");
      expect(hello?.payload?.["snapshot"]).toMatchObject({
        ...(protocol === 4 ? { appliedConfigHash: payload?.["hash"] } : {}),
        sessionDefaults: { modelConfigured: true },
      });
    }
  });

  it("says what is wrong with a file that was broken meanwhile, and what the gateway runs on", async () => {
    await using gateway = await startOn(SOURCE);
    await writeFile(file, "{ gateway: { mode: 'sideways' } }");
    const invalid = await gateway.call("config.get", {});
    expect(invalid).toMatchObject({ valid: false, issues: [{ path: "gateway.mode" }] });
    expect(invalid.hash).not.toBe(invalid.appliedConfigHash);
    await writeFile(file, "{ gateway: { auth: { token: 'a-secret-token-1' ");
    const unreadable = await gateway.call("config.get", {});
    expect(unreadable).toMatchObject({ valid: false, raw: null, config: { gateway: { mode: "local" } } });
    expect(JSON.stringify(unreadable)).not.toContain("a-secret-token-1");
  });
});

describe("17.3 the guards of config.set, config.apply and config.patch", () => {
  it("come in their order: base hash, freshness, syntax, kind, schema", async () => {
    await using gateway = await startOn(SOURCE);
    const { hash: baseHash = "" } = await gateway.call("config.get", {});
    for (const method of ["config.set", "config.apply", "config.patch"] as const) {
      const refused = (params: { raw: string; baseHash?: string }) => expect(gateway.call(method, params)).rejects;
      const missing = "config base hash required; re-run config.get and retry";
      await refused({ raw: "{bad json" }).toMatchObject({ code: "INVALID_REQUEST", message: missing });
      const stale = "config changed since last load; re-run config.get and retry";
      await refused({ raw: "{bad json", baseHash: "bad" }).toMatchObject({ code: "INVALID_REQUEST", message: stale });
      const syntax = /^The given raw is not valid JSON5: unexpected character at line 1, column 6/u;
      await refused({ raw: "{bad json", baseHash }).toMatchObject({ message: expect.stringMatching(syntax) as string });
      await refused({ raw: "{ bogusKey: 1 }", baseHash }).toMatchObject({
        message: expect.stringMatching(/^invalid config: .*bogusKey/u) as string,
        details: { issues: [{ path: "bogusKey", message: "unknown key" }] },
      });
      await refused({ raw: "[]", baseHash }).toMatchObject({
        message:
          method === "config.patch"
            ? "config.patch raw must be an object"
            : (expect.stringContaining("object") as string),
      });
      const nothing = { raw: `{ hooks: { token: "${MARK}" } }`, baseHash };
      await refused(nothing).toMatchObject({ message: expect.stringContaining("hooks.token") as string });
    }
    expect(await readFile(file, "utf8")).toBe(SOURCE);
  });

  it("need admin", async () => {
    await using gateway = await startOn(SOURCE);
    await using client = await gateway.connect({ scopes: ["operator.write"] });
    for (const method of ["config.set", "config.apply", "config.patch"]) {
      expect((await client.request(method, { raw: "{}" })).error?.code).toBe("FORBIDDEN");
    }
  });
});

describe("17.4 writing", () => {
  it("patches what it is told and keeps the rest as it was written; tells everyone; runs on as before", async () => {
    await using gateway = await startOn(SOURCE);
    await using client = await gateway.connect({ protocol: 3 });
    await using watcher = await gateway.connect({ scopes: ["operator.read"] });
    const { hash: baseHash = "" } = await gateway.call("config.get", {});
    const params = { raw: '{"logging":{"level":"info"},"messages":{"ackReaction":"y"}}', baseHash, note: "why" };
    const { payload } = await client.request("config.patch", { ...params, restartDelayMs: 500, sessionKey: "main" });
    expect(payload).toMatchObject({
      ok: true,
      path: file,
      changedPaths: ["logging.level", "messages"],
      requiresRestart: true,
      restart: { ok: false, reason: "config.patch", mode: "manual" },
      sentinel: { payload: { kind: "config-patch", status: "ok", message: "why", requiresRestart: true } },
    });
    const written = await readFile(file, "utf8");
    expect(written).toContain("// keep me");
    expect(written).toContain('auth: { token: "a-secret-token-1" }');
    expect(written).toMatch(/"meta": \{\s+"lastTouchedVersion": "1.2.3",\s+"lastTouchedAt": "20/u);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const changed = await watcher.event("config.changed");
    expect(changed.payload).toEqual({ path: file, hash: payload?.["hash"], ts: expect.any(Number) as number });
    const now = await gateway.call("config.get", {});
    expect(now).toMatchObject({ hash: payload?.["hash"], config: { logging: { level: "info" } } });
    expect(now).toMatchObject({ runtimeConfig: { logging: { level: "debug" } } });
    const back = { raw: '{"logging":{"level":"debug"},"messages":null}', baseHash: now.hash ?? "" };
    expect(await gateway.call("config.patch", back)).toMatchObject({ requiresRestart: false });
  });

  it("takes back what a client was shown, comments and credentials included", async () => {
    await using gateway = await startOn(SOURCE);
    const { raw, hash: baseHash = "" } = await gateway.call("config.get", {});
    const set = await gateway.call("config.set", { raw: raw?.replace('"debug"', '"warn"') ?? "", baseHash });
    expect(set).toMatchObject({ ok: true, changedPaths: ["logging.level"], requiresRestart: true });
    expect(JSON.stringify(set)).not.toContain("a-secret-token-1");
    const written = await readFile(file, "utf8");
    expect(written).toContain("// keep me");
    expect(written).toContain("a-secret-token-1");
    expect(written).not.toContain(MARK);
  });

  it("lets one of two writers on the same base win, and the other one know", async () => {
    await using gateway = await startOn(SOURCE);
    const { hash: baseHash = "" } = await gateway.call("config.get", {});
    const results = await Promise.allSettled(
      ["info", "warn"].map((level) =>
        gateway.call("config.patch", { raw: `{ logging: { level: "${level}" } }`, baseHash }),
      ),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("makes the first file without a base, and writes through a link", async () => {
    await using gateway = await startOn(undefined);
    expect(await gateway.call("config.get", {})).toMatchObject({ exists: false, raw: null, parsed: {} });
    const elsewhere = join(directory.path, "dotfiles.json");
    await writeFile(elsewhere, "{}");
    await symlink(elsewhere, file);
    const { hash: baseHash = "" } = await gateway.call("config.get", {});
    await gateway.call("config.apply", { raw: "{ channels: { memory: {} } }", baseHash });
    expect(await readFile(elsewhere, "utf8")).toContain("memory");
    expect(await readFile(file, "utf8")).toContain("memory");
  });

  it("refuses where the configuration was given in code", async () => {
    await using gateway = await startGateway(directory.path);
    expect(await gateway.call("config.get", {})).toMatchObject({ exists: false, valid: true });
    await expect(gateway.call("config.set", { raw: "{}" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("17.2 config.schema", () => {
  it("describes every key, channels and secrets included", async () => {
    await using gateway = await startOn(SOURCE);
    const { schema, uiHints, version } = await gateway.call("config.schema", {});
    expect(schema).toMatchObject({ title: "OpenClawConfig", type: "object", additionalProperties: false });
    expect(schema).toMatchObject({ properties: { channels: { properties: { memory: { type: "object" } } } } });
    expect(uiHints["gateway.auth.token"]).toMatchObject({ label: "Token", sensitive: true });
    expect(uiHints["models.providers.*.apiKey"]).toMatchObject({ label: "Api Key", sensitive: true });
    expect(uiHints["gateway"]).toMatchObject({ label: "Gateway", group: "Gateway", order: 10 });
    expect(version).toBe("1.2.3");
  });
});
