import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openLocalConfig } from "../../src/index.ts";

const SOURCE = `{
  gateway: { port: 19000, auth: { token: "a-secret-token-1" } }, // mine
  agents: { list: [{ id: "main", name: "Molty" }, { id: "crab" }] },
}
`;

let directory: TempDirectory;
let file: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  await mkdir(join(directory.path, "state"));
  file = join(directory.path, "state", "openclaw.json");
});
afterEach(() => directory[Symbol.asyncDispose]());

const open = () =>
  openLocalConfig({
    environment: { OPENCLAW_STATE_DIR: join(directory.path, "state") },
    homeDirectory: directory.path,
    version: "1.2.3",
  });

describe("openLocalConfig", () => {
  it("shows what the file says, or the default, and credentials only by their own path", async () => {
    await writeFile(file, SOURCE);
    const config = await open();
    expect(config).toMatchObject({ path: file, exists: true, issues: [] });
    expect(config.get("gateway.port")).toEqual({ value: 19_000, source: "file" });
    expect(config.get("agents.list[1].id")).toEqual({ value: "crab", source: "file" });
    expect(config.get('agents["list"][0]["name"]')).toEqual({ value: "Molty", source: "file" });
    expect(config.get("session.mainKey")).toEqual({ value: "main", source: "default" });
    expect(config.get("gateway.auth.token")).toMatchObject({ value: "a-secret-token-1" });
    expect(config.get("gateway")?.value).toEqual({ port: 19_000, auth: { token: "__OPENCLAW_REDACTED__" } });
    expect(config.get("agents.list[7]")).toBeUndefined();
    for (const path of ["", ".", "a..b", "a[", "a[x]"])
      expect(() => config.get(path)).toThrow("expected keys with dots between them");
  });

  it("changes one value and leaves the rest as it was written", async () => {
    await writeFile(file, SOURCE);
    await (await open()).set("gateway.port", 19_001);
    await (await open()).set("agents.list[2].id", "new");
    await (await open()).set("session.reset.mode", "idle");
    const written = await readFile(file, "utf8");
    expect(written).toContain('auth: { token: "a-secret-token-1" } }, // mine');
    expect(written).toContain('"lastTouchedVersion": "1.2.3"');
    const config = await open();
    expect(config.issues).toEqual([]);
    expect(config.get("gateway.port")?.value).toBe(19_001);
    expect(config.get("agents.list[2]")?.value).toEqual({ id: "new" });
    expect(await config.unset("agents.list[0]")).toBe(true);
    expect(await (await open()).unset("gateway.port")).toBe(true);
    expect(await (await open()).unset("gateway.nothing")).toBe(false);
    expect((await open()).get("agents.list[0].id")?.value).toBe("crab");
  });

  it("refuses what would leave no valid configuration, and makes the first file", async () => {
    await (await open()).set("gateway.mode", "local");
    const before = await readFile(file, "utf8");
    const config = await open();
    await expect(config.set("gateway.port", "many")).rejects.toThrow(/^With this change.*gateway\.port: expected/u);
    await expect(config.set("gatway.port", 1)).rejects.toThrow('did you mean "gateway"?');
    await expect(config.set("agents.list[3].id", "x")).rejects.toThrow("expected position 0: the list is empty");
    expect(await readFile(file, "utf8")).toBe(before);
    await writeFile(file, "{ gateway: ");
    const broken = await open();
    expect(broken.issues).toHaveLength(1);
    await expect(broken.set("gateway.port", 1)).rejects.toThrow("is not valid JSON5");
  });
});
