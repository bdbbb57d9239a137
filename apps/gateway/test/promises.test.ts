import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

const ROOT = new URL("../../../", import.meta.url);
const PROMISES = 15;
const PROOF = /^- `([^`]+\.test\.ts)`: (.+)$/;

const page = await readFile(new URL("docs/promises.md", ROOT), "utf8");
const sections = page.split(/^## /m).slice(1);

describe("the page of the promises", () => {
  it("has every promise, in order, each with tests and with what they do not cover", () => {
    expect(sections.map((section) => Number.parseInt(section, 10))).toEqual(
      Array.from({ length: PROMISES }, (_promise, index) => index + 1),
    );
    for (const section of sections) {
      expect(
        section.split("\n").some((line) => PROOF.test(line)),
        section,
      ).toBe(true);
      expect(section).toContain("\nNot covered: ");
    }
  });

  it("names only tests that there are", async () => {
    const missing: string[] = [];
    for (const line of page.split("\n").filter((text) => text.startsWith("- "))) {
      const [, file = "", title = ""] = PROOF.exec(line) ?? [];
      const source = await readFile(new URL(file, ROOT), "utf8").catch(() => "");
      if (title === "" || !titlesIn(source).some((found) => found.includes(title))) missing.push(line);
    }
    expect(missing).toEqual([]);
  });
});

/** The texts that stand first in calls of `it` and `test`, whatever is chained to them. */
function titlesIn(source: string): string[] {
  const calls = source.matchAll(/\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*(["`])((?:(?!\1).)*)\1/g);
  return [...calls].map(([, , title = ""]) => title);
}
