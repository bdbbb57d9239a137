import { chmod, mkdir, readdir, realpath, symlink, writeFile } from "node:fs/promises";

import type { ToolContext, ToolResult } from "@openclaw/gateway-core/ports";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type ExecSettings, execTool } from "../src/index.ts";
import { realClock } from "./harness.ts";

const context: ToolContext = {
  runId: "r",
  agentId: "main",
  sessionKey: "agent:main:main",
  toolCallId: "c",
  call: (async (method: string, params: unknown) => {
    calls.push({ method, params });
    return { decision: answer };
  }) as ToolContext["call"],
  start: () => Promise.reject(new Error("no gateway")),
};

let calls: { method: string; params: unknown }[] = [];
let answer: "allow-once" | "allow-always" | "deny" | null = null;
let directory: TempDirectory;
let root: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  root = await realpath(directory.path);
  await mkdir(`${root}/bin`);
  calls = [];
  answer = null;
  await program("show", 'for a in "$@"; do echo "[$a]"; done; env');
});
afterEach(() => directory[Symbol.asyncDispose]());

async function program(name: string, body: string): Promise<void> {
  await writeFile(`${root}/bin/${name}`, `#!/bin/sh\n${body}\n`);
  await chmod(`${root}/bin/${name}`, 0o755);
}

function run(
  input: unknown,
  settings: Partial<ExecSettings> = {},
  signal = new AbortController().signal,
): Promise<ToolResult> {
  const tool = execTool({
    clock: realClock,
    settings: () => ({
      security: "allowlist",
      ask: "on-miss",
      allowlist: [`${root}/bin/*`],
      safeBins: [],
      pathPrepend: [],
      approvalTimeoutMs: 1_000,
      timeoutMs: 10_000,
      ...settings,
    }),
    environment: {
      PATH: `${root}/bin:relative:/usr/bin:/bin`,
      HOME: root,
      SECRET: "x",
      NODE_OPTIONS: "--x",
      LD_PRELOAD: "x",
      LANG: "C",
    },
    workspace: () => root,
    approvalsFile: `${root}/exec-approvals.json`,
  });
  return tool.execute(input, context, signal);
}

describe("exec", () => {
  test("gives arguments as they are: no shell reads them", async () => {
    const { text } = await run({ command: ["show", "a b", "$HOME", "; touch oops", "`id`", "*", "> oops"] });
    expect(text).toContain("[a b]\n[$HOME]\n[; touch oops]\n[`id`]\n[*]\n[> oops]");
    expect(text).toMatch(/\[exit code 0\]$/u);
    expect((await readdir(root)).filter((name) => name.includes("oops"))).toEqual([]);
  });

  test("S gives no secrets and nothing that changes what is loaded", async () => {
    const { text } = await run({ command: ["show"] });
    expect(text).toContain(`HOME=${root}`);
    expect(text).not.toMatch(/SECRET|NODE_OPTIONS|LD_PRELOAD|relative/u);
  });

  test("goes by where a program really is", async () => {
    await symlink("/bin/ls", `${root}/bin/innocent`);
    const refused = await run({ command: ["innocent"] });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.text).toMatch(/Not run: .*\/ls.* is not allow-listed/u);
    await symlink(`${root}/bin/show`, `${root}/alias`);
    expect(await run({ command: ["./alias", "hi"] })).toMatchObject({
      text: expect.stringContaining("[hi]") as string,
    });
  });

  test.each([
    [{ security: "deny", ask: "off" }, "switched off"],
    [{ security: "full", ask: "always" }, "needs an operator's approval"],
    [{ allowlist: [], ask: "on-miss" }, "needs an operator's approval"],
    [{ allowlist: ["show", "*"], ask: "off" }, "not allow-listed"],
    [{ allowlist: ["/*"], ask: "off" }, "not allow-listed"],
  ] as const)("%o refuses", async (settings, words) => {
    const result = await run({ command: ["show"] }, settings);
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toContain(words);
  });

  test.each([[{ security: "full" }], [{ allowlist: ["/**/SHOW"] }]] as const)("%o allows", async (settings) => {
    expect((await run({ command: ["show"] }, settings)).isError).toBe(false);
  });

  test.each([
    [{ command: [] }],
    [{ command: [""] }],
    [{ command: ["show\0"] }],
    [{ command: ["nonexistent"] }],
    [{ command: ["./bin"] }],
    ["x"],
  ])("%j is refused", async (input) => {
    expect(await run(input)).toMatchObject({ isError: true });
  });

  test("says how a program ended", async () => {
    await program("bad", "echo oh no >&2; exit 3");
    expect(await run({ command: ["bad"] })).toMatchObject({
      text: "oh no\n[exit code 3]",
      isError: true,
      details: { exitCode: 3 },
    });
    expect(await run({ command: ["show"], workdir: `${root}/nowhere` })).toMatchObject({ isError: true });
  });

  test("bounds what a program writes", async () => {
    await program("loud", "echo begin; head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end");
    const { text } = await run({ command: ["loud"] });
    expect(text.length).toBeLessThan(70_000);
    expect(text).toMatch(/^begin\nx+\n\[\d+ bytes left out\]\nx+\nend\n\[exit code 0\]$/u);
  });

  test("ends a program that takes too long, with what it started", async () => {
    await program("slow", "sleep 60 & sleep 60");
    const startedAt = Date.now();
    expect(await run({ command: ["slow"] }, { timeoutMs: 200 })).toMatchObject({
      isError: true,
      details: { timedOut: true },
    });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  test("ends with the turn", async () => {
    await program("slow", "sleep 60");
    const abort = new AbortController();
    const running = run({ command: ["slow"] }, {}, abort.signal);
    setTimeout(() => abort.abort(new Error("stopped")), 100);
    await expect(running).rejects.toThrow("stopped");
  });

  test("asks the operators for what is not listed, and runs what they allow", async () => {
    answer = "allow-once";
    const result = await run({ command: ["show", "a b\n"] }, { allowlist: [] });
    expect(result).toMatchObject({ isError: false, text: expect.stringContaining("[a b") as string });
    expect(calls).toMatchObject([
      {
        method: "exec.approval.request",
        params: {
          command: String.raw`show 'a b\n'`,
          cwd: root,
          host: "gateway",
          security: "allowlist",
          ask: "on-miss",
          agentId: "main",
          sessionKey: "agent:main:main",
          resolvedPath: `${root}/bin/show`,
          timeoutMs: 1_000,
        },
      },
    ]);
    answer = "deny";
    expect(await run({ command: ["show"] }, { allowlist: [] })).toMatchObject({
      isError: true,
      text: "Not run: an operator refused it.",
    });
  });

  test("what was allowed for always is in the approvals file, and is not asked about again", async () => {
    answer = "allow-always";
    await run({ command: ["show"] }, { allowlist: [] });
    answer = null;
    expect(await run({ command: ["show"] }, { allowlist: [] })).toMatchObject({ isError: false });
    expect(calls).toHaveLength(1);
  });

  test("runs a line of shell whose every part is listed, and no other", async () => {
    await program("first", "echo one two; echo three");
    expect(await run({ shell: "first | head -1 && show x" }, { safeBins: ["head"] })).toMatchObject({
      isError: false,
      text: expect.stringContaining("one two\n[x]") as string,
    });
    expect(calls).toEqual([]);
    for (const shell of ["first > out", "first $(show)", "first | sh", "show; id"]) {
      expect(await run({ shell }), shell).toMatchObject({ isError: true });
    }
    expect(calls).toHaveLength(4);
    expect(await run({ shell: "show", command: ["show"] })).toMatchObject({ isError: true });
  });
});
