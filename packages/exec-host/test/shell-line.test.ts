import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseShellLine, visibleText } from "../src/index.ts";

describe("a line of shell", () => {
  test.each([
    ["ls -la", [["ls", "-la"]]],
    [
      "cat 'a b' | grep \"x y\" && wc -l; echo ok || echo no",
      [
        ["cat", "a b"],
        ["grep", "x y"],
        ["wc", "-l"],
        ["echo", "ok"],
        ["echo", "no"],
      ],
    ],
    [String.raw`echo a\ b "q\"uote" 'sin"gle'`, [["echo", "a b", 'q"uote', 'sin"gle']]],
    ["echo ''", [["echo", ""]]],
  ])("%j is understood", (line, words) => {
    const parsed = parseShellLine(line);
    expect(parsed.kind === "parsed" && parsed.segments.map((segment) => segment.words)).toEqual(words);
  });

  test.each([
    "ls > out",
    "ls < in",
    "ls 2>&1",
    "echo $HOME",
    "echo `id`",
    "echo $(id)",
    'echo "$(id)"',
    'echo "`id`"',
    "(ls)",
    "{ ls; }",
    "ls &",
    "ls & id",
    "ls\nid",
    "ls\rid",
    "ls \\\nid",
    "ls #x",
    "ls *",
    "ls ~",
    "A=1 ls",
    "PATH=/tmp ls",
    "ls 'open",
    'ls "open',
    "ls |",
    "| ls",
    "ls ;; id",
    "ls && && id",
    "",
    "ls \0",
    "ls\u0007",
    "! ls",
  ])("%j is opaque", (line) => {
    expect(parseShellLine(line)).toMatchObject({ kind: "opaque" });
  });

  test("what is understood means the same to a real shell", () => {
    const word = fc.string({ unit: fc.constantFrom(..."ab01 '\"\\-=%.$".split("")), maxLength: 8 });
    let understood = 0;
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const line = `printf '[%s]' ${words.join(" ")}`;
        const parsed = parseShellLine(line);
        if (parsed.kind === "opaque") return;
        understood += 1;
        const [, , ...rest] = parsed.segments[0]?.words ?? [];
        const expected = rest.length === 0 ? "[]" : rest.map((part) => `[${part}]`).join("");
        expect(execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" })).toBe(expected);
      }),
      { numRuns: 200 },
    );
    expect(understood).toBeGreaterThan(20);
  });
});

test("nothing hides in what a person reads", () => {
  expect(visibleText("rm\u202E -rf\n\u001B[2Kls\u200B")).toBe(String.raw`rm\u{202e} -rf\n\u{1b}[2Kls\u{200b}`);
});
