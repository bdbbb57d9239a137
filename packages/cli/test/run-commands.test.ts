import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

describe("gateway run", () => {
  it("R1.1 `openclaw gateway` is `openclaw gateway run`, and exits 0 when it was stopped", async () => {
    for (const words of [["gateway"], ["gateway", "run"]]) {
      const ran = await run(words);
      expect(ran).toMatchObject({ exitCode: EXIT.ok, stdout: "", stderr: "" });
      expect(ran.asked).toEqual([expect.objectContaining({ call: "runGateway", profile: undefined })]);
    }
  });

  it("hands every flag on, and nothing for those that were not given", async () => {
    const words =
      "gateway --port 0 --bind lan --auth password --token t --password p --allow-unconfigured --force --verbose";
    expect((await run([...words.split(" "), "--ws-log", "full"])).asked[0]?.options).toMatchObject({
      port: 0,
      bind: "lan",
      authMode: "password",
      token: "t",
      password: "p",
      allowUnconfigured: true,
      force: true,
      verbose: true,
      wsLog: "full",
    });
    expect((await run(["gateway"])).asked[0]?.options).toEqual({
      selection: {},
      allowUnconfigured: false,
      skipChannels: false,
      force: false,
      verbose: false,
      wsLog: "auto",
    });
    expect((await run(["gateway", "--compact"])).asked[0]?.options).toMatchObject({ wsLog: "compact" });
  });

  it("R1.2 a fatal failure is one line of cause and one of remedy, and exits non-zero", async () => {
    const failed = (restartHelps: boolean) =>
      run(["gateway"], {
        runGateway: async () => ({ kind: "failed", message: "The port is taken.", remedy: "Free it.", restartHelps }),
      });
    expect(await failed(true)).toMatchObject({
      exitCode: EXIT.failure,
      stdout: "",
      stderr: "error: The port is taken.\nfix:   Free it.\n",
    });
    expect(await failed(false)).toMatchObject({ exitCode: EXIT.misconfigured });
  });

  it("`--dev` sets the profile dev up first and starts no channel; `--reset` needs it", async () => {
    const ran = await run(["gateway", "--dev", "--reset"]);
    expect(ran.asked.map(({ call, profile }) => [call, profile])).toEqual([
      ["locate", undefined],
      ["setUp", "dev"],
      ["runGateway", "dev"],
    ]);
    expect(ran.asked[1]?.options).toMatchObject({ reset: true });
    expect(ran.asked[2]?.options).toMatchObject({ skipChannels: true });
    expect((await run(["--profile", "lab", "gateway", "--dev"])).asked[1]).toMatchObject({ profile: "lab" });
    expect(await run(["gateway", "--reset"])).toMatchObject({ exitCode: EXIT.usage, asked: [] });
  });
});

describe("setup", () => {
  it("R4.4 says what it made and what comes next, in words that can be pasted", async () => {
    const ran = await run(["--dev", "setup"], {
      setUp: {
        created: [{ what: "configuration", path: "/home/ann/.openclaw-dev/openclaw.json" }],
        kept: ["/home/ann/kept.md"],
        notes: ["Mind the gap."],
      },
    });
    expect(ran.exitCode).toBe(EXIT.ok);
    expect(ran.stdout).toContain("created configuration  /home/ann/.openclaw-dev/openclaw.json");
    expect(ran.stdout).toContain("/home/ann/kept.md");
    expect(ran.stdout).toContain("! Mind the gap.");
    expect(ran.stdout).toContain("openclaw --dev gateway runs it");
  });

  it("prints paths as JSON, and no token", async () => {
    const ran = await run(["setup", "--json", "--workspace", "/w", "--port", "20000"], {
      location: { credential: { kind: "token", value: "s3cret", source: "x", origin: "config" } },
    });
    expect(ran.json).toMatchObject({
      profile: "default",
      configPath: "/home/ann/.openclaw/openclaw.json",
      created: [],
    });
    expect(ran.stdout).not.toContain("s3cret");
    expect(ran.asked[0]?.options).toEqual({ workspace: "/w", port: 20_000 });
  });
});

describe("start", () => {
  it("sets up, runs, and once it listens prints commands that work here", async () => {
    let output = "";
    const ran = await run(["--dev", "start"], {
      onOutput: (text) => {
        output += text;
      },
      setUp: { created: [{ what: "configuration", path: "/home/ann/.openclaw-dev/openclaw.json" }] },
      runGateway: async (options) => {
        expect(output).toContain("created configuration");
        options.onListening?.({ url: "ws://127.0.0.1:19001", pageUrl: "http://127.0.0.1:19001/" });
        await new Promise((resolve) => setImmediate(resolve));
        expect(output).toContain(`openclaw --dev agent --message "hi"`);
        return { kind: "stopped" };
      },
    });
    expect(ran).toMatchObject({ exitCode: EXIT.ok, stderr: "" });
    expect(ran.stdout).toContain("http://127.0.0.1:19001/");
  });

  it("prints no next steps for a gateway that fails", async () => {
    const ran = await run(["start"], {
      runGateway: async () => ({ kind: "failed", message: "No.", remedy: "Yes.", restartHelps: false }),
    });
    expect(ran).toMatchObject({ exitCode: EXIT.misconfigured, stdout: "" });
  });
});
