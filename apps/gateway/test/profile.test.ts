import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";

import { freePort } from "@openclaw/testkit/process";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { locate } from "../src/profile/locate.ts";
import { setUp } from "../src/profile/set-up.ts";

let home: TempDirectory;

beforeEach(async () => {
  home = await createTempDirectory("openclaw-profile");
  vi.stubEnv("HOME", home.path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home[Symbol.asyncDispose]();
});

const at = (...parts: string[]) => join(home.path, ...parts);
const mode = async (path: string) => (await stat(path)).mode & 0o777;

async function writeConfig(text: string, state = ".openclaw"): Promise<string> {
  await mkdir(at(state), { recursive: true });
  await writeFile(at(state, "openclaw.json"), text);
  return at(state, "openclaw.json");
}

describe("setting a profile up", () => {
  it("R3.7 creates a local configuration on loopback with a token of its own, readable by the owner only", async () => {
    const result = await setUp({}, {}, {});
    const config = JSON.parse(await readFile(at(".openclaw", "openclaw.json"), "utf8")) as unknown;
    expect(config).toMatchObject({
      gateway: {
        mode: "local",
        bind: "loopback",
        auth: { mode: "token", token: expect.stringMatching(/^[\w-]{43}$/u) as string },
      },
    });
    expect(await mode(at(".openclaw"))).toBe(0o700);
    expect(await mode(at(".openclaw", "openclaw.json"))).toBe(0o600);
    expect(result.created.map(({ what }) => what)).toEqual([
      "state",
      "configuration",
      "workspace",
      ...Array.from({ length: 6 }, () => "workspace file"),
    ]);
  });

  it("makes a workspace with the files that a turn reads", async () => {
    await setUp({}, { workspace: at("elsewhere") }, {});
    const names = await readdir(at("elsewhere"));
    expect(names.sort()).toEqual(["AGENTS.md", "HEARTBEAT.md", "IDENTITY.md", "SOUL.md", "TOOLS.md", "USER.md"]);
    expect((await locate({}, {})).workspaceDir).toBe(at("elsewhere"));
  });

  it("changes nothing the second time, nor anything a person wrote", async () => {
    await setUp({}, {}, {});
    const config = await readFile(at(".openclaw", "openclaw.json"), "utf8");
    await writeFile(at(".openclaw", "workspace", "SOUL.md"), "mine");
    const again = await setUp({}, { workspace: at("other") }, {});
    expect(again.created.filter(({ path }) => !path.startsWith(at("other")))).toEqual([]);
    expect(again.notes).toEqual([expect.stringContaining(`The workspace stays ${at(".openclaw", "workspace")}`)]);
    expect(await readFile(at(".openclaw", "openclaw.json"), "utf8")).toBe(config);
    expect(await readFile(at(".openclaw", "workspace", "SOUL.md"), "utf8")).toBe("mine");
  });

  it("adds mode and token to a plain JSON configuration that lacks them, and keeps the old one", async () => {
    const path = await writeConfig(`{"channels":{"telegram":{"botToken":"x"}}}`);
    const result = await setUp({}, {}, {});
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      channels: { telegram: { botToken: "x" } },
      gateway: { mode: "local", auth: { mode: "token", token: expect.any(String) as string } },
    });
    expect(await readFile(`${path}.bak`, "utf8")).toContain("botToken");
    expect(result.notes).toEqual([expect.stringContaining("Added gateway.mode and gateway.auth.token")]);
    expect(await mode(path)).toBe(0o600);
  });

  it("leaves a configuration with comments alone and says what to add", async () => {
    const text = `{ /* mine */ gateway: { port: 20000 } }`;
    const path = await writeConfig(text);
    const result = await setUp({}, {}, {});
    expect(await readFile(path, "utf8")).toBe(text);
    expect(result.notes).toEqual([
      expect.stringContaining("gateway.mode is not set"),
      expect.stringContaining("There is no token"),
    ]);
  });

  it("R4.1 keeps profiles apart, and takes a port for a new one", async () => {
    const { location } = await setUp({ profile: "work" }, { port: 20_123 }, {});
    expect(location).toMatchObject({
      profile: "work",
      stateDir: at(".openclaw-work"),
      workspaceDir: at(".openclaw", "workspace-work"),
      port: 20_123,
      url: "ws://127.0.0.1:20123",
    });
    await expect(stat(at(".openclaw", "openclaw.json"))).rejects.toThrow();
  });

  it("says which place could not be written", async () => {
    await writeFile(at("file"), "");
    await expect(setUp({}, {}, { OPENCLAW_STATE_DIR: at("file", "state") })).rejects.toMatchObject({
      message: expect.stringContaining(at("file")) as string,
      remedy: expect.stringContaining("OPENCLAW_STATE_DIR") as string,
    });
  });

  it("moves a profile aside for a reset, never the default one, and deletes nothing", async () => {
    await setUp({ profile: "lab" }, { port: await freePort() }, {});
    await writeFile(at(".openclaw-lab", "kept.txt"), "kept");
    const result = await setUp({ profile: "lab" }, { reset: true }, {});
    expect(result.movedTo).toMatch(/\.openclaw-lab\.before-reset-/u);
    expect(await readFile(join(result.movedTo ?? "", "kept.txt"), "utf8")).toBe("kept");
    expect(result.created.map(({ what }) => what)).toContain("configuration");
    await expect(setUp({}, { reset: true }, {})).rejects.toThrow("The default profile is never reset");
  });

  it("refuses a reset while something listens on the profile's port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await setUp({ profile: "lab" }, { port }, {});
    await expect(setUp({ profile: "lab" }, { reset: true }, {})).rejects.toThrow(/may be running/u);
    server.close();
  });
});

describe("locating a gateway", () => {
  it("R1.4 prefers OPENCLAW_GATEWAY_PORT to the configuration and that to the default, and says which it was", async () => {
    await writeConfig("{ gateway: { port: 20000 } }");
    expect(await locate({}, {})).toMatchObject({
      port: 20_000,
      portSource: `gateway.port in ${at(".openclaw", "openclaw.json")}`,
    });
    expect(await locate({}, { OPENCLAW_GATEWAY_PORT: "20001" })).toMatchObject({
      port: 20_001,
      portSource: "OPENCLAW_GATEWAY_PORT",
    });
    expect(await locate({ profile: "dev" }, {})).toMatchObject({
      port: 19_001,
      portSource: "the profile's default port",
    });
    expect(await locate({ profile: "x" }, {})).toMatchObject({ port: 18_789, exists: false });
  });

  it("F24 names where the credential comes from: environment, .env file, configuration", async () => {
    const path = await writeConfig(`{ gateway: { auth: { token: "from-file" } } }`);
    expect((await locate({}, {})).credential).toEqual({
      kind: "token",
      value: "from-file",
      source: `gateway.auth.token in ${path}`,
      origin: "config",
    });
    expect((await locate({}, { OPENCLAW_GATEWAY_TOKEN: "from-environment" })).credential).toMatchObject({
      value: "from-environment",
      source: "OPENCLAW_GATEWAY_TOKEN",
      origin: "environment",
    });
    await writeFile(at(".openclaw", ".env"), "OPENCLAW_GATEWAY_TOKEN=from-dotenv\n");
    expect((await locate({}, {})).credential).toMatchObject({
      value: "from-dotenv",
      source: "OPENCLAW_GATEWAY_TOKEN in a .env file",
      origin: "config",
    });
  });

  it("R3.8 in remote mode gives the remote address and its own credential", async () => {
    await writeConfig(
      `{ gateway: { mode: "remote", auth: { token: "local" }, remote: { url: "wss://far.example", password: "p" } } }`,
    );
    expect(await locate({}, {})).toMatchObject({
      mode: "remote",
      url: "wss://far.example",
      credential: {
        kind: "password",
        value: "p",
        source: expect.stringContaining("gateway.remote.password") as string,
      },
    });
  });

  it("reads what it can of a broken configuration and names the problem", async () => {
    await writeConfig("{ gateway: ");
    expect(await locate({}, {})).toMatchObject({
      exists: true,
      port: 18_789,
      problem: expect.stringContaining("openclaw.json") as string,
    });
  });

  it("refuses a profile name or port that makes no sense, as a usage error", async () => {
    await expect(locate({ profile: "../up" }, {})).rejects.toMatchObject({ kind: "usage" });
    await expect(locate({}, { OPENCLAW_GATEWAY_PORT: "high" })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("OPENCLAW_GATEWAY_PORT") as string,
    });
  });
});
