import json5 from "json5";
import { describe, expect, it } from "vitest";

import { mergePatch } from "../../src/config/edit/merge-patch.ts";
import { REDACTED, Redaction, restoreSource } from "../../src/config/edit/redaction.ts";
import { editSource, editsBetween } from "../../src/config/edit/source-edit.ts";

const SOURCE = `// my gateway
{
  gateway: {
    mode: "local", // on this machine
    auth: { token: 'tok-123456' },
  },
  /* who speaks */
  'agents': { list: [{ id: "main", name: "A, b: {c}" }] }
}
`;

/** Edits a text from what it says to what it should say. */
function rewrite(source: string, after: unknown): string {
  const edited = editSource(source, editsBetween(json5.parse(source), after), json5);
  expect(json5.parse(edited)).toEqual(after);
  return edited;
}

describe("editSource", () => {
  it("changes a value and leaves comments, order and quotes", () => {
    const after = mergePatch(json5.parse(SOURCE), { gateway: { mode: "remote" } });
    expect(rewrite(SOURCE, after)).toBe(SOURCE.replace('"local"', '"remote"'));
  });

  it("adds keys at the end of the object they belong to, making the objects on the way", () => {
    const after = mergePatch(json5.parse(SOURCE), { logging: { level: "info" }, gateway: { port: 1 } });
    expect(rewrite(SOURCE, after)).toBe(`// my gateway
{
  gateway: {
    mode: "local", // on this machine
    auth: { token: 'tok-123456' },
    "port": 1,
  },
  /* who speaks */
  'agents': { list: [{ id: "main", name: "A, b: {c}" }] },
  "logging": {
    "level": "info"
  }
}
`);
  });

  it("removes keys wherever they stand", () => {
    const first = rewrite(SOURCE, mergePatch(json5.parse(SOURCE), { gateway: { mode: null } }));
    expect(first).toContain("gateway: {\n");
    const last = rewrite(SOURCE, mergePatch(json5.parse(SOURCE), { agents: null }));
    expect(last).toContain("/* who speaks */");
    expect(rewrite(SOURCE, {}).replaceAll(/\s/gu, "")).toContain("//mygateway{");
  });

  it.each([
    ["{}", { a: { b: 1 } }],
    ["{a:1}", { a: 1, b: [1, { c: 2 }] }],
    ["{a:1,}", { a: 1, b: 2 }],
    ["{a:1,b:2,c:3}", { a: 1, c: 3 }],
    ["{a:1,b:2,c:3}", { a: 1 }],
    ["{ // nothing yet\n}", { a: 1 }],
    ["{a:1 /* one */}", { a: 1, b: 2 }],
    ["{a:1, // one\n}", { a: 1, b: 2 }],
    ["{a:{b:1},a:{b:2}}", { a: { b: 3 } }],
    ["{'a\\'b': 'it\\'s', \"__proto__\": -Infinity, n: .5e3, h: 0xFF}", { "a'b": "it's", n: 500, h: 255 }],
    ['{"\\u0061b":{x:[]},$_:"}"}', { ab: { x: [], y: null }, $_: "]" }],
    ["\t{\n\t\ta: 1,\n\t\tb: 2\n\t}\r\n", { b: 2, c: { d: "multi\nline" } }],
  ])("brings %s to what it should say", (source, after) => {
    rewrite(source, after);
  });
});

describe("redaction", () => {
  const secrets = new Redaction(["sk-known-anywhere"]);
  const stored = {
    gateway: { auth: { token: "tok-123456" }, mode: "local" },
    env: { ANY_NAME: "value", vars: { OTHER: "${OTHER}" } },
    channels: { telegram: { botToken: "${BOT}", accounts: { a: { webhookSecret: "hush" } } } },
    models: { providers: { p: { baseUrl: "http://u:sk-known-anywhere@h", apiKey: "k", headers: { "X-A": "b" } } } },
  };

  it("hides credentials by schema, by key, by place and by value, and no reference to a variable", () => {
    expect(secrets.tree(stored)).toEqual({
      gateway: { auth: { token: REDACTED }, mode: "local" },
      env: { ANY_NAME: REDACTED, vars: { OTHER: "${OTHER}" } },
      channels: { telegram: { botToken: "${BOT}", accounts: { a: { webhookSecret: REDACTED } } } },
      models: { providers: { p: { baseUrl: REDACTED, apiKey: REDACTED, headers: { "X-A": REDACTED } } } },
    });
    expect(secrets.source(SOURCE, json5)).toBe(SOURCE.replace("'tok-123456'", JSON.stringify(REDACTED)));
    const leaky = "{ a: 1 } // was sk-known-anywhere";
    expect(secrets.source(leaky, json5)).toBe('{\n  "a": 1\n}\n');
  });

  it("gives back what was written, also when it was the comment that was kept", () => {
    const source = JSON.stringify(stored, null, 2);
    expect(restoreSource(secrets.source(source, json5), stored, json5)).toEqual({ value: source, missing: [] });
    expect(restoreSource(secrets.source(SOURCE, json5), json5.parse(SOURCE), json5).value).toBe(
      SOURCE.replace("'tok-123456'", '"tok-123456"'),
    );
  });

  it("knows entries of a list by their id, and says where nothing is stored", () => {
    const list = {
      list: [
        { id: "a", token: "for-a" },
        { id: "b", token: "for-b" },
      ],
    };
    const moved = json5.parse<{ list: unknown[] }>(secrets.source(JSON.stringify(list), json5)).list.toReversed();
    const { value } = restoreSource(JSON.stringify({ list: moved }), list, json5);
    expect(json5.parse(value)).toEqual({ list: list.list.toReversed() });
    const strange = restoreSource(JSON.stringify({ list: [{ id: "c", token: REDACTED }] }), list, json5);
    expect(strange.missing).toEqual(["list[0].token"]);
  });
});
