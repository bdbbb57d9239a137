import { spawnSync } from "node:child_process";

import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { loadAllCommands } from "../src/help.ts";
import { run } from "./memory-host.ts";

/** What bash offers for the words, the last of which is being typed. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const { stdout: script } = await run(["completion", "--shell", "bash"]);
  const typed = words.map((word) => `'${word}'`).join(" ");
  const probe = `COMP_WORDS=(openclaw ${typed}); COMP_CWORD=${words.length}; _openclaw; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = spawnSync("bash", ["--norc", "-c", `${script}\n${probe}`], { encoding: "utf8", timeout: 10_000 });
  expect(result.stderr).toBe("");
  return result.stdout.split("\n").filter((word) => word !== "");
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { timeout: 10_000 }).status === 0;
}

describe("completion", () => {
  it("prints a script for each shell that names every command and option", async () => {
    for (const shell of ["bash", "zsh", "fish", "powershell"]) {
      const ran = await run(["completion", "--shell", shell]);
      expect(ran).toMatchObject({ exitCode: EXIT.ok, stderr: "" });
      for (const command of await loadAllCommands())
        expect(ran.stdout, `${shell}: ${command.name}`).toContain(command.name);
      expect(ran.stdout).toContain("idempotency-key");
      expect(ran.stdout).not.toContain("tailscale");
    }
  });

  it("takes the shell from SHELL, and zsh without one", async () => {
    expect((await run(["completion"], { environment: { SHELL: "/usr/bin/fish" } })).stdout).toContain(
      "complete -c openclaw",
    );
    expect((await run(["completion"])).stdout).toContain("#compdef openclaw");
  });

  it("completes commands, subcommands, options and choices in bash", async () => {
    expect(await completeInBash("ga")).toEqual(["gateway"]);
    expect(await completeInBash("--dev", "gateway", "c")).toEqual(["call"]);
    expect(await completeInBash("gateway", "call", "health", "--par")).toEqual(["--params"]);
    expect(await completeInBash("gateway", "--bind", "l")).toEqual(["loopback", "lan"]);
    expect(await completeInBash("--profile", "work", "pairing", "")).toEqual(["approve", "list"]);
    expect(await completeInBash("health", "--ver")).toEqual(["--verbose"]);
  });

  it.runIf(isInstalled("zsh"))("is valid zsh", async () => {
    const { stdout } = await run(["completion", "--shell", "zsh"]);
    expect(spawnSync("zsh", ["-n"], { input: stdout, encoding: "utf8", timeout: 10_000 })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.runIf(isInstalled("fish"))("is valid fish", async () => {
    const { stdout } = await run(["completion", "--shell", "fish"]);
    expect(spawnSync("fish", ["-n"], { input: stdout, encoding: "utf8", timeout: 10_000 })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});
