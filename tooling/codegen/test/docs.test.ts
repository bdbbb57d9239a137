import { readFileSync } from "node:fs";

import { CLOSE_CODES, ERROR_CODES, EVENTS, METHODS } from "@openclaw/protocol";
import { describe, expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const protocolPage = read("docs/protocol.md");
const errorsPage = read("docs/errors.md");
const swiftConstants = read("packages/protocol-swift/Sources/OpenClawProtocol/Constants.gen.swift");
const swiftEntities = read("packages/protocol-swift/Sources/OpenClawProtocol/Entities.gen.swift");

function headings(page: string): string[] {
  return page.split("\n").flatMap((line) => /^#{1,6} (.+)$/.exec(line)?.[1] ?? []);
}

describe("R5.7 the error table, its page and the Swift enum agree", () => {
  test("the page has a section for each code and no other", () => {
    expect(headings(errorsPage)).toEqual(["Error codes", ...Object.keys(ERROR_CODES)]);
  });

  test.each(Object.entries(ERROR_CODES))("%s", (code, row) => {
    const section = errorsPage.split(`## ${code}\n`)[1]?.split("\n## ")[0];
    expect(section).toContain(row.meaning);
    expect(section).toContain(row.remedy);
    expect(section).toContain(`unchanged: ${row.retryable ? "yes" : "no"}`);
    expect(section).toContain(`over HTTP: ${row.httpStatus}`);
    expect(protocolPage).toContain(`| \`${code}\` | ${row.retryable ? "yes" : "no"} | ${row.httpStatus} |`);
    const swiftCase = /case "(\w+)": self = \.(\w+)/g;
    const cases = new Map([...swiftEntities.matchAll(swiftCase)].map(([, word, name]) => [word, name]));
    const name = cases.get(code);
    expect(name).toBeDefined();
    expect(swiftConstants).toContain(`case .${name}: return ${row.retryable}\n`);
    expect(swiftConstants).toContain(`case .${name}: return ${JSON.stringify(row.remedy)}\n`);
  });
});

describe("the protocol page", () => {
  test("has a section for every method and event", () => {
    const titles = headings(protocolPage);
    for (const name of Object.keys(METHODS)) expect(titles).toContain(name);
    for (const name of Object.keys(EVENTS)) expect(titles).toContain(`Event ${name}`);
  });

  test("lists every close code, and Swift has them too", () => {
    for (const code of Object.keys(CLOSE_CODES)) {
      expect(protocolPage).toContain(`\n| ${code} |`);
      expect(swiftConstants).toContain(`public static let code${code} = ${code}\n`);
    }
  });

  test("has a place for every link, and no two of the same name", () => {
    const anchors = headings(protocolPage).map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9_ -]/g, "")
        .replaceAll(" ", "-"),
    );
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual([]);
    const links = [...protocolPage.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((target) => !anchors.includes(target ?? ""))).toEqual([]);
  });

  test("holds no placeholder, and every example is JSON", () => {
    expect(protocolPage).not.toMatch(/\{\{|undefined|\[object/);
    const blocks = [...protocolPage.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
    expect(blocks.length).toBeGreaterThan(40);
    for (const block of blocks) {
      const frames = block.split(/\n(?=\{)/).map((frame) => () => JSON.parse(frame) as unknown);
      for (const parse of frames) expect(parse).not.toThrow();
    }
  });
});
