import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { COMMAND_KEYS, loadAllCommands } from "../src/help.ts";
import { run } from "./memory-host.ts";

describe("the command line", () => {
  it("prints the version for --version, -V and -v, and loads no command for it", async () => {
    for (const word of ["--version", "-V", "-v"]) {
      expect(await run([word])).toMatchObject({ exitCode: EXIT.ok, stdout: "1.2.3\n", stderr: "" });
    }
  });

  it("lists every command in the help page, also when called without words", async () => {
    const help = await run(["--help"]);
    expect(help.exitCode).toBe(EXIT.ok);
    for (const command of await loadAllCommands()) expect(help.stdout).toContain(command.name);
    expect((await run([])).stdout).toBe(help.stdout);
    expect((await run(["help"])).stdout).toBe(help.stdout);
  });

  it("has a help page with an example for every command", async () => {
    for (const command of await loadAllCommands()) {
      const help = await run([...command.name.split(" "), "--help"]);
      expect(help, command.name).toMatchObject({ exitCode: EXIT.ok, stderr: "" });
      expect(help.stdout).toContain("Usage: openclaw");
      expect(help.stdout).toContain("Examples:\n  $ openclaw");
      expect(help.stdout.split("\n").every((text) => text.length <= 140)).toBe(true);
    }
  });

  it("shows a group's commands below its own help, and alone where the group does nothing by itself", async () => {
    expect((await run(["gateway", "--help"])).stdout).toMatch(
      /--allow-unconfigured[\s\S]*Commands of gateway[\s\S]*gateway call/u,
    );
    expect((await run(["pairing"])).stdout).toMatch(/^Commands of pairing/u);
    for (const name of new Set(COMMAND_KEYS.filter((key) => key.includes(".")).map((key) => key.split(".")[0] ?? key)))
      expect((await run(["help", name])).stdout, name).toContain(`Commands of ${name} (`);
    expect((await run(["help", "pairing", "approve"])).stdout).toContain("Usage: openclaw pairing approve");
  });

  it("answers an unknown command with the nearest one and exit code 2", async () => {
    const wrong = await run(["helth"]);
    expect(wrong).toMatchObject({ exitCode: EXIT.usage, stdout: "" });
    expect(wrong.stderr).toBe(
      'error: There is no command "helth". Did you mean "health"?\nfix:   See: openclaw --help\n',
    );
    expect((await run(["gateway", "cal"])).stderr).toContain('Did you mean "gateway call"?');
    expect((await run(["xyzzyxyzzy"])).stderr).not.toContain("Did you mean");
  });

  it.each([
    [["health", "--nonsense"], /unknown option '--nonsense'/iu],
    [["health", "--timeout", "soon"], /--timeout <ms>.*Expected a whole number from 1 to 86400000/u],
    [["gateway", "--port", "70000"], /Expected a whole number from 0 to 65535/u],
    [["gateway", "--bind", "everywhere"], /Expected one of: loopback, lan|Allowed choices are loopback, lan/u],
    [["gateway", "call"], /missing required argument 'method'/iu],
    [["message", "send", "-m", "hi"], /required option '-t, --target <target>' not specified/iu],
    [["health", "too", "many"], /too many arguments/iu],
    [["node", "run", "--host", "http://gateway.lan"], /Expected a name or an address, without a port/u],
    [["node", "run", "--node-id", ""], /Expected a text that is not empty/u],
    [["node", "run", "--tls-fingerprint", "7E:E3"], /Expected 64 hexadecimal digits/u],
    [["devices", "revoke", "--device", "d", "--role", "boss"], /Expected one of: operator, node/u],
    [["--profile"], /--profile needs a name/u],
    [["--profile", "../etc", "health"], /can not be a profile's name/u],
    [["--dev", "--profile", "work", "health"], /name two profiles/u],
    [["--frobnicate", "health"], /Unknown option --frobnicate/u],
    [["gateway", "call", "health", "--params", "[1]"], /--params is an array; expected a JSON object/u],
    [["gateway", "call", "health", "--params", "{"], /--params is not JSON/u],
    [["health", "--url", "http://127.0.0.1"], /is not a WebSocket address/u],
  ])("refuses %j with exit code 2 and a way to help", async (words, message) => {
    const refused = await run(words);
    expect(refused.exitCode).toBe(EXIT.usage);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr.trim().split("\n")).toHaveLength(2);
    expect(refused.stderr).toMatch(/\nfix: /u);
  });

  it("refuses options of features that this version lacks, by name and reason", async () => {
    for (const [words, reason] of [
      [["gateway", "--tailscale", "serve"], "Tailscale is not part of this version"],
      [["gateway", "--raw-stream"], "recording the raw model stream"],
      [["gateway", "run", "--claude-cli-logs"], "no Claude CLI backend"],
      [["agent", "-m", "hi", "--local"], "turns run in the gateway only"],
      [["setup", "--wizard"], "wizard is not part of this version"],
    ] as const) {
      const refused = await run(words);
      expect(refused).toMatchObject({ exitCode: EXIT.usage, stdout: "" });
      expect(refused.stderr).toContain(`is refused: `);
      expect(refused.stderr).toContain(reason);
    }
  });

  it("takes the profile before or after the command, and --dev for the profile dev", async () => {
    for (const words of [
      ["--profile", "work", "setup"],
      ["--profile=work", "setup"],
      ["setup", "--profile", "work"],
    ]) {
      expect((await run(words)).asked[0]).toMatchObject({ call: "setUp", profile: "work" });
    }
    expect((await run(["--dev", "setup"])).asked[0]).toMatchObject({ profile: "dev" });
    expect((await run(["setup", "--dev"])).asked[0]).toMatchObject({ profile: "dev" });
    expect((await run(["setup"])).asked[0]?.profile).toBeUndefined();
  });

  it("prints an error as an object on stdout too when --json is given", async () => {
    const refused = await run(["health", "--timeout", "soon", "--json"]);
    expect(refused.json).toMatchObject({ ok: false, error: { kind: "usage", remedy: "See: openclaw health --help" } });
    expect(refused.stderr).toMatch(/^error: /u);
  });

  it("prints colours to a terminal only, and not with NO_COLOR, --no-color or a dumb one", async () => {
    const coloured = "\u001B[";
    const words = ["setup"];
    expect((await run(words, { terminal: true })).stdout).toContain(coloured);
    expect((await run(words)).stdout).not.toContain(coloured);
    expect((await run(words, { terminal: true, environment: { NO_COLOR: "1" } })).stdout).not.toContain(coloured);
    expect((await run(words, { terminal: true, environment: { TERM: "dumb" } })).stdout).not.toContain(coloured);
    expect((await run([...words, "--no-color"], { terminal: true })).stdout).not.toContain(coloured);
    expect((await run(["--no-color", ...words], { terminal: true })).stdout).not.toContain(coloured);
  });

  it("has one file for each command, named like it", async () => {
    const files = readdirSync(new URL("../src/commands", import.meta.url))
      .filter((name) => name !== "table.gen.ts")
      .map((name) => name.replace(/\.ts$/u, "").replaceAll(".", " "));
    expect((await loadAllCommands()).map((command) => command.name).sort()).toEqual(files.sort());
  });
});
