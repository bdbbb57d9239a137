import { chmod, mkdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  type ApprovalAnswer,
  type ApprovalQuestion,
  ApprovalsStore,
  filterOverrides,
  Gatekeeper,
  type GateResult,
  type WantedCommand,
} from "../src/index.ts";

let directory: TempDirectory;
let root: string;
let asked: ApprovalQuestion[];
let answer: () => ApprovalAnswer | Promise<ApprovalAnswer>;

beforeEach(async () => {
  directory = await createTempDirectory();
  root = await realpath(directory.path);
  await mkdir(`${root}/bin`);
  await program("show");
  asked = [];
  answer = () => undefined;
});
afterEach(() => directory[Symbol.asyncDispose]());

async function program(name: string, place = "bin"): Promise<void> {
  await mkdir(`${root}/${place}`, { recursive: true });
  await writeFile(`${root}/${place}/${name}`, "#!/bin/sh\nexit 0\n");
  await chmod(`${root}/${place}/${name}`, 0o755);
}

interface Setting {
  readonly host?: Partial<ReturnType<ConstructorParameters<typeof Gatekeeper>[0]["host"]>>;
  readonly environment?: Record<string, string>;
  readonly agentId?: string;
}

function admit(
  command: WantedCommand,
  { host = {}, environment = {}, agentId = "main" }: Setting = {},
): Promise<GateResult> {
  const gate = new Gatekeeper({
    approvals: new ApprovalsStore(`${root}/exec-approvals.json`),
    host: () => ({
      security: "allowlist",
      ask: "on-miss",
      allowlist: [{ pattern: `${root}/bin/*` }],
      safeBins: ["grep", "head", "sort", "jq", "uniq", "tr", "wc", "cut", "tail"],
      ...host,
    }),
    now: () => 1_000_000,
    ask: async (question) => {
      asked.push(question);
      return answer();
    },
  });
  const directories = [`${root}/bin`, "relative", "/usr/bin", "/bin"].filter((path) => path.startsWith("/"));
  return gate.admit({ command, agentId, workdir: root, directories, environment }, new AbortController().signal);
}

const list = (...patterns: string[]) => ({ host: { allowlist: patterns.map((pattern) => ({ pattern })) } });

describe("what is listed runs, and nothing else", () => {
  test("a listed program runs by its resolved path, with its arguments untouched", async () => {
    const result = await admit({ argv: ["show", "; id", "$HOME", "a\nb"] });
    expect(result).toMatchObject({
      kind: "run",
      command: { run: { program: `${root}/bin/show`, args: ["; id", "$HOME", "a\nb"] }, workdir: root },
    });
    expect(asked).toEqual([]);
  });

  test("a link is the program it leads to, and a name of a listed program elsewhere is another one", async () => {
    await symlink("/bin/sh", `${root}/bin/innocent`);
    await program("show", "elsewhere");
    await symlink(`${root}/elsewhere/show`, `${root}/bin/shown`);
    for (const name of ["innocent", "shown", `${root}/elsewhere/show`, "./elsewhere/show", "bin/../elsewhere/show"]) {
      expect(await admit({ argv: [name] }), name).toMatchObject({ kind: "refused", by: "approval" });
    }
    expect(await admit({ argv: ["./bin/show"] })).toMatchObject({ kind: "run" });
  });

  test.each([
    ["a name", "show"],
    ["a name with a wildcard", "*show"],
    ["a wildcard that would have to cross a slash", "/*/show"],
    ["a dot is a dot", "ROOT/bin/sho."],
    ["a bracket is a bracket", "ROOT/bin/[s]how"],
    ["an alternative is none", "ROOT/bin/(show|x)"],
    ["a relative path", "bin/show"],
    ["a longer path", "ROOT/bin/show/"],
    ["a beginning", "ROOT/bin"],
    ["a line end does not end a pattern", "ROOT/bin/show\n"],
  ])("%s allows nothing", async (_title, pattern) => {
    expect(await admit({ argv: ["show"] }, list(pattern.replace("ROOT", root)))).toMatchObject({ kind: "refused" });
  });

  test("case does not matter, ** crosses slashes, and a wildcard lets no shell in", async () => {
    expect(await admit({ argv: ["show"] }, list(`${root.toUpperCase()}/BIN/SHOW`))).toMatchObject({ kind: "run" });
    expect(await admit({ argv: ["show"] }, list("/**/show"))).toMatchObject({ kind: "run" });
    expect(await admit({ argv: ["env", "show"] }, list("/**"))).toMatchObject({ kind: "refused" });
    const env = await realpath("/usr/bin/env");
    expect(await admit({ argv: ["env", "show"] }, list(env))).toMatchObject({ kind: "run" });
  });

  test("an entry with a key nobody here understands allows nothing", async () => {
    await writeFile(
      `${root}/exec-approvals.json`,
      JSON.stringify({
        version: 1,
        agents: { main: { allowlist: [{ pattern: `${root}/bin/show`, argPattern: "^x$" }] } },
      }),
    );
    expect(await admit({ argv: ["show"] }, list())).toMatchObject({ kind: "refused" });
  });
});

describe("lines of shell", () => {
  const both = ["show a | show b", "show && show", "show; show", "show || show"];
  test.each(both)("%j runs when each part is listed, by path and with every word quoted", async (shell) => {
    const result = await admit({ shell });
    expect(result).toMatchObject({ kind: "run" });
    const script = result.kind === "run" ? result.command.run.args[1] : "";
    expect(script?.split(`'${root}/bin/show'`)).toHaveLength(3);
    expect(await admit({ argv: ["/bin/sh", "-lc", shell] })).toMatchObject({ kind: "run" });
  });

  test.each([
    "show | id",
    "id && show",
    "show > out",
    "show $(id)",
    "show `id`",
    'show "$(id)"',
    "show & id",
    "show\nid",
    "show < in",
    "eval show",
    "PATH=. show",
  ])("%j has to be approved", async (shell) => {
    for (const command of [{ shell }, { argv: ["sh", "-c", shell] }, { argv: ["bash", "-lc", shell] }]) {
      expect(await admit(command)).toMatchObject({ kind: "refused", by: "approval" });
    }
    expect(asked).toHaveLength(3);
  });

  test("a shell with more words than that is no line but a shell", async () => {
    for (const argv of [
      ["sh", "-c", "show", "x"],
      ["sh", "-ec", "show"],
      ["sh", "show"],
      ["sh", "-s"],
    ]) {
      expect(await admit({ argv })).toMatchObject({ kind: "refused", by: "approval" });
    }
  });

  test("approved as it is, an opaque line runs as it is", async () => {
    answer = () => "allow-once";
    expect(await admit({ shell: "show > out" })).toMatchObject({
      kind: "run",
      command: { run: { args: ["-c", "show > out"] } },
    });
    expect(asked[0]).toMatchObject({ display: "show > out", mayAlways: false });
  });
});

describe("safe programs", () => {
  test.each([
    "grep -i x",
    "grep -e x",
    "head -n 5",
    "head -5",
    "sort -rn",
    "tr a b",
    "wc -l",
    "cut -d : -f 1",
    "jq .a",
  ])("%s runs behind a pipe", async (call) => {
    const result = await admit({ shell: `show | ${call}` });
    // jq is not on every machine.
    if (call.startsWith("jq") && result.kind === "refused") return;
    expect(result).toMatchObject({ kind: "run" });
  });

  test.each([
    "grep x /etc/passwd",
    "grep -f /etc/passwd",
    "grep -if/etc/passwd x",
    "grep -r x",
    "grep --file=/etc/passwd",
    "grep -e x y",
    "sort /etc/passwd",
    "sort -o out",
    "sort -uo out",
    "sort --compress-program=sh",
    "sort -T /tmp",
    "uniq in out",
    "head /etc/passwd",
    "tail -f",
    "wc --files0-from=x",
    "cut -f 1 -- x",
    "tr a b c",
  ])("%s does not", async (call) => {
    expect(await admit({ shell: `show | ${call}` })).toMatchObject({ kind: "refused", by: "approval" });
  });

  test("one of the same name elsewhere is no safe program", async () => {
    await program("grep", "elsewhere");
    expect(await admit({ argv: [`${root}/elsewhere/grep`, "x"] })).toMatchObject({ kind: "refused" });
  });
});

describe("variables", () => {
  test("S those that change what is loaded or found are never passed on", () => {
    const names = `PATH LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES NODE_OPTIONS NODE_PATH PYTHONPATH PYTHONSTARTUP
      PERL5OPT PERL5LIB RUBYOPT RUBYLIB BASH_ENV ENV IFS BASH_FUNC_ls%% GIT_SSH_COMMAND EDITOR PAGER HOME path Path
      https_proxy JAVA_TOOL_OPTIONS SHELLOPTS PS4 LESSOPEN GLIBC_TUNABLES A=B`.split(/\s+/u);
    const { kept, dropped } = filterOverrides(Object.fromEntries(names.map((name) => [name, "x"])));
    expect(kept).toEqual({});
    expect(dropped).toEqual(names);
    expect(filterOverrides({ GOOD: "a\0b" }).kept).toEqual({});
    expect(filterOverrides({ LANG: "C", FOO: "1" })).toEqual({
      kept: { LANG: "C", FOO: "1" },
      dropped: [],
      unlisted: ["FOO"],
    });
  });

  test("one that no entry can vouch for is asked about, and shown", async () => {
    expect(await admit({ argv: ["show"] }, { environment: { LANG: "C", PATH: "/tmp" } })).toMatchObject({
      kind: "run",
      overrides: { kept: { LANG: "C" }, dropped: ["PATH"] },
    });
    expect(await admit({ argv: ["show"] }, { environment: { FOO: "a b" } })).toMatchObject({ kind: "refused" });
    expect(asked[0]).toMatchObject({ display: "FOO='a b' show", mayAlways: false });
  });
});

describe("asking", () => {
  test("allow-always adds the resolved path for that agent, and is not asked again", async () => {
    answer = () => "allow-always";
    expect(await admit({ argv: ["show"] }, list())).toMatchObject({ kind: "run" });
    expect(await admit({ argv: ["show"] }, list())).toMatchObject({ kind: "run" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ mayAlways: true, display: "show" });
    const path = `${root}/exec-approvals.json`;
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({
      version: 1,
      agents: { main: { allowlist: [{ pattern: `${root}/bin/show`, lastUsedCommand: "show" }] } },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    answer = () => undefined;
    expect(await admit({ argv: ["show"] }, { ...list(), agentId: "other" })).toMatchObject({ kind: "refused" });
  });

  test.each([["python3"], ["sh"], ["env"], ["find"]])("allow-always is not offered for %s", async (name) => {
    try {
      await admit({ argv: [name, "x"] }, list());
    } catch {
      return; // Not on this machine.
    }
    expect(asked[0]).toMatchObject({ mayAlways: false });
  });

  test("what changes while an operator thinks does not run", async () => {
    answer = async (): Promise<ApprovalAnswer> => {
      await rm(`${root}/bin/show`);
      await symlink("/bin/sh", `${root}/bin/show`);
      return "allow-once";
    };
    expect(await admit({ argv: ["show"] }, list())).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("changed") as string,
    });
    await writeFile(`${root}/script.sh`, "exit 0\n");
    answer = async (): Promise<ApprovalAnswer> => {
      await writeFile(`${root}/script.sh`, "rm -rf /nowhere\n");
      return "allow-once";
    };
    expect(await admit({ argv: ["sh", "script.sh"] }, list())).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("changed") as string,
    });
  });

  test.each([
    [{ security: "deny", ask: "always" }, "refused", 0],
    [{ security: "full", ask: "on-miss" }, "run", 0],
    [{ security: "full", ask: "always" }, "refused", 1],
    [{ security: "allowlist", ask: "off", allowlist: [] }, "refused", 0],
    [{ security: "allowlist", ask: "always" }, "refused", 1],
    [{ security: "allowlist", ask: "always", askFallback: "allowlist" }, "run", 1],
    [{ security: "allowlist", ask: "on-miss", allowlist: [], askFallback: "allowlist" }, "refused", 1],
    [{ security: "allowlist", ask: "on-miss", allowlist: [], askFallback: "full" }, "run", 1],
  ] as const)("%o unanswered: %s", async (host, kind, questions) => {
    expect(await admit({ argv: ["show"] }, { host })).toMatchObject({ kind });
    expect(asked).toHaveLength(questions);
  });

  test("a refusal is one even where silence would not be", async () => {
    answer = () => "deny";
    const host = { allowlist: [], askFallback: "full" as const };
    expect(await admit({ argv: ["show"] }, { host })).toMatchObject({ kind: "refused", by: "approval" });
  });

  test("of the host's rules and the file's, the stricter ones hold", async () => {
    const rules = (defaults: object, agents: object = {}) =>
      writeFile(`${root}/exec-approvals.json`, JSON.stringify({ version: 1, defaults, agents }), { mode: 0o600 });
    await rules({ security: "deny" });
    expect(await admit({ argv: ["show"] }, { host: { security: "full" } })).toMatchObject({ by: "policy" });
    await rules({ security: "full", ask: "off" });
    expect(await admit({ argv: ["show"] }, list())).toMatchObject({ kind: "refused", by: "approval" });
    await rules({ security: "full" }, { main: { ask: "always" } });
    expect(await admit({ argv: ["show"] })).toMatchObject({ kind: "refused", by: "approval" });
    expect(await admit({ argv: ["show"] }, { agentId: "other" })).toMatchObject({ kind: "run" });
  });

  test.each([["not json"], ['{"version":2}'], ['{"version":1,"defaults":{"security":"open"}}']])(
    "a file like %s allows nothing",
    async (text) => {
      await writeFile(`${root}/exec-approvals.json`, text);
      expect(await admit({ argv: ["show"] })).toMatchObject({ kind: "refused", by: "policy" });
    },
  );

  test("a file that others can write allows nothing", async () => {
    await writeFile(`${root}/exec-approvals.json`, '{"version":1}');
    await chmod(`${root}/exec-approvals.json`, 0o666);
    expect(await admit({ argv: ["show"] })).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("chmod 600") as string,
    });
  });
});

describe("the approvals file", () => {
  test("is replaced only by who has read it, and keeps its socket", async () => {
    const store = new ApprovalsStore(`${root}/state/exec-approvals.json`);
    const file = { version: 1, defaults: { security: "full" }, agents: {}, socket: { path: "/x", token: "s" } };
    expect(await store.read()).toMatchObject({ exists: false, file: { version: 1, defaults: {}, agents: {} } });
    const first = await store.write(file, undefined);
    const next = { version: 1, defaults: { security: "deny" }, agents: {} };
    await expect(store.write(next, undefined)).rejects.toThrow("base hash required");
    await expect(store.write(next, "bad")).rejects.toThrow("changed since last load");
    expect(await store.write(next, first.hash)).toMatchObject({ file: { ...next, socket: { token: "s" } } });
    await expect(store.write(next, first.hash)).rejects.toThrow("changed since last load");
    expect((await stat(`${root}/state`)).mode & 0o777).toBe(0o700);
  });

  test("loses no change of two at once", async () => {
    const store = new ApprovalsStore(`${root}/exec-approvals.json`);
    await Promise.all(
      ["/a", "/b", "/c"].map((pattern) =>
        store.change((file) => ({
          ...file,
          agents: { main: { allowlist: [...(file.agents["main"]?.allowlist ?? []), { pattern }] } },
        })),
      ),
    );
    expect((await store.read()).file.agents["main"]?.allowlist).toHaveLength(3);
  });
});
