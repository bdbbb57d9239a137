import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";

import type { Environment } from "../../src/config/env.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { type CheckedConfig, checkConfigTree, readConfigTree } from "../../src/config/load.ts";

let directory: TempDirectory;
let file: string;

beforeEach(async () => {
  directory = await createTempDirectory();
  file = join(directory.path, "openclaw.json");
});
afterEach(() => directory[Symbol.asyncDispose]());

const telegram = z.strictObject({
  botToken: z.string().optional(),
  limit: z.int().default(7),
  accounts: z.record(z.string(), z.looseObject({})).optional(),
});

async function load(source: string, environment: Environment = {}): Promise<CheckedConfig> {
  await writeFile(file, source);
  const tree = await readConfigTree(file);
  if (tree.issues.length > 0) return { config: undefined, issues: tree.issues, environment };
  return checkConfigTree({ file, tree, environment, channelSchemas: { telegram } });
}

async function problems(source: string, environment: Environment = {}): Promise<readonly string[]> {
  const { issues } = await load(source, environment);
  return issues.map((issue) => `${issue.file === file ? "" : `${issue.file} `}${issue.path}: ${issue.message}`);
}

describe("R2.1 a configuration that is not valid", () => {
  it("names the path, what it got and what it expects, for every problem at once", async () => {
    expect(
      await problems(`{
        gateway: { mode: "locl", prot: 1, port: 70000, bind: true },
        agents: { defaults: { model: { primry: "x" }, timeoutSeconds: "10" }, list: [{ id: "a b" }, {}] },
        models: { providers: { x: { baseUrl: "ftp://x" } } },
        hoks: {},
        logging: { redactPatterns: ["("] },
      }`),
    ).toEqual([
      'gateway.mode: expected one of "local", "remote", got "locl"; did you mean "local"?',
      "gateway.port: expected at most 65535, got 70000",
      'gateway.bind: expected one of "loopback", "lan", "tailnet", "auto", "custom", got true',
      'gateway.prot: unknown key; did you mean "port"?',
      'agents.defaults.model.primry: unknown key; did you mean "primary"?',
      'agents.defaults.timeoutSeconds: expected a number, got "10"',
      'agents.list[0].id: expected letters, digits, - and _, at most 64, got "a b"',
      "agents.list[1].id: expected a text, got nothing",
      'models.providers.x.baseUrl: expected an http or https address, got "ftp://x"',
      'logging.redactPatterns[0]: expected a regular expression, raw or as /pattern/flags, got "("',
      'hoks: unknown key; did you mean "hooks"?',
    ]);
  });

  it("tells a value that fits none of several types", async () => {
    expect(await problems("{agents:{defaults:{model:5}}}")).toEqual([
      "agents.defaults.model: expected a text or an object, got 5",
    ]);
  });

  it("tells line and column of a text that is not JSON5, without quoting it", async () => {
    expect(await problems('{\n  gateway: { auth: { token: "geheim" geheim } }\n}')).toEqual([
      ": is not valid JSON5: unexpected character at line 2, column 38",
    ]);
    expect(await problems("")).toEqual([": is empty"]);
    expect(await problems("[1]")).toEqual([": expected an object, got a list"]);
  });

  it("refuses a file that is too large, a directory, and one that can not be read", async () => {
    expect(await problems(`{/*${"x".repeat(1024 * 1024)}*/}`)).toEqual([
      expect.stringContaining("is larger than 1048576 bytes"),
    ]);
    const tree = await readConfigTree(directory.path);
    expect(tree.issues[0]?.message).toMatch(/is not a file|is a directory/);
    await promisify(execFile)("mkfifo", [join(directory.path, "pipe")]);
    expect((await readConfigTree(join(directory.path, "pipe"))).issues[0]?.message).toBe("is not a file");
  });

  it("says in one line what is wrong, and stays short when everything is", () => {
    const issues = Array.from({ length: 30 }, (_, index) => ({ file: "f", path: `k${index}`, message: "unknown key" }));
    const error = new ConfigError("f", issues);
    expect(error.message).toMatch(/^The configuration f can not be used: k0: unknown key; .*; and 22 more$/);
    expect(error.message).not.toContain("\n");
    expect(error.issues).toHaveLength(30);
  });

  it("needs customBindHost for bind custom, and one id per agent", async () => {
    expect(await problems('{gateway:{bind:"custom"},agents:{list:[{id:"a"},{id:"a"}]}}')).toEqual([
      'gateway.customBindHost: expected an address, because gateway.bind is "custom", got nothing',
      'agents.list[1].id: expected an id of its own, got "a" again',
    ]);
  });

  it.each([
    ['{routing:{allowFrom:["+1"]}}', "routing.allowFrom", "channels.whatsapp.allowFrom"],
    ["{routing:{groupChat:{requireMention:true}}}", "routing.groupChat.requireMention", "requireMention"],
    ["{routing:{queue:{}}}", "routing.queue", "messages.queue"],
    ["{routing:{other:1}}", "routing", "agents.list"],
    ['{agent:{model:"x"}}', "agent.model", "agents.defaults.model.primary"],
    ["{agent:{}}", "agent", "agents.defaults"],
    ["{identity:{}}", "identity", "agents.list[].identity"],
    ["{messages:{tts:{enabled:true}}}", "messages.tts.enabled", "messages.tts.auto"],
    ["{telegram:{}}", "telegram", "channels.telegram"],
    ['{bindings:[{agentId:"a",match:{channel:"telegram",accountID:"x"}}]}', "bindings[0].match.accountID", "accountId"],
    ["{agents:{defaults:{sandbox:{perSession:true}}}}", "agents.defaults.sandbox.perSession", "scope"],
  ])("names the new place of an old key: %s", async (source, path, place) => {
    const found = await problems(source);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(`${path}: is no longer a key; it is now `);
    expect(found[0]).toContain(place);
  });

  it("never echoes what may be a secret", async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,48}$/);
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        const found = await problems(
          JSON.stringify({
            gateway: { auth: value, port: "${LEAK}", trustedProxies: { a: value } },
            models: {
              providers: { x: { apiKey: [value], baseUrl: `ftp://user:${value}@host`, headers: { x: [value] } } },
            },
            agents: { defaults: { workspace: { [value]: 1 } } },
            channels: { telegram: { botToken: { a: value } } },
            env: { vars: { A: [value] } },
            hooks: { token: { a: value } },
          }),
          { LEAK: value },
        );
        expect(found.length).toBeGreaterThan(5);
        expect(found.join("\n")).not.toContain(value);
      }),
      { numRuns: 30 },
    );
  });
});

describe("$include", () => {
  it("replaces an object by a file, merges lists of files, and lets keys beside it win", async () => {
    await mkdir(join(directory.path, "parts"));
    await writeFile(join(directory.path, "parts/gateway.json5"), '{port: 1, auth: {$include: "auth.json"}}');
    await writeFile(join(directory.path, "parts/auth.json"), '{"token": "one", "mode": "token"}');
    await writeFile(join(directory.path, "a.json"), '{"list": [{"id": "a"}], "defaults": {"timeoutSeconds": 1}}');
    await writeFile(join(directory.path, "b.json"), '{"list": [{"id": "b"}], "defaults": {"timeoutSeconds": 2}}');
    const { config, issues } = await load(`{
      gateway: { $include: "parts/gateway.json5", port: 2 },
      agents: { $include: ["./a.json", "./b.json"] },
    }`);
    expect(issues).toEqual([]);
    expect(config?.gateway).toMatchObject({ port: 2, auth: { token: "one", mode: "token" } });
    expect(config?.agents.list.map((agent) => agent.id)).toEqual(["a", "b"]);
    expect(config?.agents.defaults.timeoutSeconds).toBe(2);
  });

  it("names the file that holds the problem", async () => {
    const part = join(directory.path, "gateway.json");
    await writeFile(part, '{"prot": 1}');
    expect(await problems('{gateway:{$include:"gateway.json", mod: "local"}}')).toEqual([
      `${part} gateway.prot: unknown key; did you mean "port"?`,
      'gateway.mod: unknown key; did you mean "mode"?',
    ]);
  });

  it("reports a missing file, a broken one, a circle and too many levels, and nothing else", async () => {
    const path = (name: string) => join(directory.path, name);
    expect(await problems('{gateway:{$include:"none.json"}}')).toEqual([
      `gateway: $include names ${path("none.json")}, which does not exist`,
    ]);
    await writeFile(path("broken.json"), "{");
    expect((await problems('{gateway:{$include:"broken.json"}}'))[0]).toMatch(/broken\.json, which is not valid JSON5/);
    await writeFile(path("circle.json"), '{"a": {"$include": "openclaw.json"}}');
    expect((await problems('{gateway:{$include:"circle.json"}}'))[0]).toContain(`goes in a circle: ${file} → `);
    for (let level = 1; level <= 11; level += 1) {
      await writeFile(path(`level${level}.json`), level === 11 ? "{}" : `{"$include": "level${level + 1}.json"}`);
    }
    expect((await problems('{gateway:{$include:"level1.json"}}'))[0]).toContain("goes deeper than 10 files");
    expect((await load('{gateway:{$include:"level2.json"}}')).issues).toEqual([]);
    expect(await problems("{gateway:{$include:5}}")).toEqual(["gateway: $include expects a path or a list of paths"]);
  });

  it("takes __proto__ as an ordinary, unknown key", async () => {
    await writeFile(join(directory.path, "p.json"), '{"__proto__": {"polluted": true}}');
    const found = await problems('{gateway:{$include:["p.json","p.json"]}}');
    expect(found).toEqual([expect.stringContaining("__proto__: unknown key")]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("variables", () => {
  it("are put in before the check, from the environment and from the env section", async () => {
    const { config, environment } = await load(
      '{env:{FROM_FILE:"f", vars:{ALSO:"g-${OUTER}"}, OUTER:"ignored"}, gateway:{auth:{token:"${FROM_FILE}-${ALSO}"}}}',
      { OUTER: "o" },
    );
    expect(config?.gateway.auth.token).toBe("f-g-o");
    expect(environment).toMatchObject({ FROM_FILE: "f", ALSO: "g-o", OUTER: "o" });
  });

  it("that are missing are named once, with the way to write the text itself", async () => {
    expect(await problems('{gateway:{auth:{token:"${NOPE}"}}, agents:{list:[{id:"${NOPE}"}]}}')).toEqual([
      "gateway.auth.token: refers to ${NOPE}, which is not set; set the variable, or write $${NOPE} to mean the text itself",
      "agents.list[0].id: refers to ${NOPE}, which is not set; set the variable, or write $${NOPE} to mean the text itself",
    ]);
  });
});

describe("channel sections", () => {
  it("are checked by the channel's schema and get its defaults", async () => {
    const { config } = await load('{channels:{telegram:{botToken:"x"}}}');
    expect(config?.channels["telegram"]).toEqual({ botToken: "x", limit: 7 });
    expect(config?.channels.defaults.groupPolicy).toBe("allowlist");
    expect(await problems('{channels:{telegram:{botTokn:"x", limit:"y"}}}')).toEqual([
      'channels.telegram.limit: expected a number, got "y"',
      'channels.telegram.botTokn: unknown key; did you mean "botToken"?',
    ]);
  });

  it("may set the outbound policy, for the channel and for an account", async () => {
    const { config } = await load(
      '{channels:{telegram:{outbound:{unknownPolicy:"hold"},accounts:{a:{outbound:{unknownPolicy:"resend"}}}}}}',
    );
    expect(config?.channels["telegram"]).toEqual({
      limit: 7,
      outbound: { unknownPolicy: "hold" },
      accounts: { a: { outbound: { unknownPolicy: "resend" } } },
    });
    expect(await problems('{channels:{telegram:{accounts:{a:{outbound:{unknownPolicy:"retry"}}}}}}')).toEqual([
      'channels.telegram.accounts.a.outbound.unknownPolicy: expected one of "label", "hold", "resend", got "retry"',
    ]);
  });

  it("take what channels.defaults says, where they do not say it themselves", async () => {
    const groups = z.strictObject({ groupPolicy: z.string().exactOptional() });
    const check = (channels: object) => {
      const tree = { value: { channels }, origins: new Map<string, string>() };
      return checkConfigTree({
        file,
        tree,
        environment: {},
        channelSchemas: { telegram: groups, slack: z.strictObject({}) },
      });
    };
    const defaults = { groupPolicy: "disabled" };
    expect(check({ defaults, telegram: {}, slack: {} }).config?.channels).toMatchObject({
      telegram: defaults,
      slack: {},
    });
    const own = check({ defaults, telegram: { groupPolicy: "open" } }).config?.channels;
    expect(own?.["telegram"]).toEqual({ groupPolicy: "open" });
    expect(check({ telegram: {} }).config?.channels["telegram"]).toEqual({});
  });

  it("of a documented channel load without it, and those of no channel do not", async () => {
    expect((await load("{channels:{discord:{token:'x'}}}")).issues).toEqual([]);
    expect(await problems("{channels:{telgram:{}}}")).toEqual([
      'channels.telgram: there is no channel of this name; did you mean "telegram"?',
    ]);
  });
});
