import { describe, expect, it } from "vitest";

import { run } from "./memory-host.ts";

describe("config get", () => {
  it("prints a text as it is and anything else as JSON", async () => {
    const values: Readonly<Record<string, unknown>> = { "a.text": "words", "a.list": [1, { b: 2 }] };
    const get = (path: string) => (path in values ? { value: values[path], source: "file" as const } : undefined);
    expect((await run(["config", "get", "a.text"], { configFile: { get } })).stdout).toBe("words\n");
    const list = await run(["config", "get", "a.list"], { configFile: { get } });
    expect(JSON.parse(list.stdout)).toEqual([1, { b: 2 }]);
    expect((await run(["config", "get", "a.text", "--json"], { configFile: { get } })).json).toBe("words");
    const missing = await run(["config", "get", "a.none"], { configFile: { get } });
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    expect(missing.stderr).toContain("says nothing at a.none");
  });
});

describe("config set and config unset", () => {
  it("take JSON5, or a text where nothing else is meant, for the profile that was chosen", async () => {
    const given: unknown[] = [];
    const set = async (path: string, value: unknown) => void given.push([path, value]);
    for (const word of ["19789", "{a: 'b'}", "plain words", "true"]) {
      const ran = await run(["--profile", "work", "config", "set", "x.y", word], { configFile: { set } });
      expect(ran).toMatchObject({ exitCode: 0, asked: [{ call: "openConfig", profile: "work" }] });
      expect(ran.stdout).toContain("Restart the gateway");
    }
    expect(given).toEqual([
      ["x.y", 19_789],
      ["x.y", { a: "b" }],
      ["x.y", "plain words"],
      ["x.y", true],
    ]);
    const strict = await run(["config", "set", "x", "plain words", "--json"], { configFile: { set } });
    expect(strict.exitCode).toBe(2);
    expect(given).toHaveLength(4);
    const unset = (removed: boolean) => run(["config", "unset", "x"], { configFile: { unset: async () => removed } });
    expect((await unset(true)).stdout).toContain("Removed x");
    expect((await unset(false)).stdout).toContain("does not say anything at x");
  });
});

describe("config path and config validate", () => {
  it("say where the file is and what is wrong with it", async () => {
    expect((await run(["config", "path"])).stdout).toBe("/home/ann/.openclaw/openclaw.json\n");
    expect(await run(["config", "validate"])).toMatchObject({ exitCode: 0 });
    const bad = await run(["config", "validate"], { configFile: { problems: ["gateway.port: expected a number"] } });
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toContain("gateway.port: expected a number");
  });
});
