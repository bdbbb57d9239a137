import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chunkMarkdown } from "../../src/outbox/chunk.ts";

const withoutSpace = (text: string) => text.replace(/\s+/g, "");

describe("chunkMarkdown", () => {
  it("leaves a text that fits as it is", () => {
    expect(chunkMarkdown("  hello\n\nworld ", 100)).toEqual(["hello\n\nworld"]);
  });

  it("makes nothing of nothing", () => {
    expect(chunkMarkdown(" \n ", 100)).toEqual([]);
  });

  it("breaks at a paragraph before a line, at a line before a sentence, at a sentence before a word", () => {
    const word = "word ".repeat(9).trim();
    expect(chunkMarkdown(`${word}\n\n${word}`, 64)).toEqual([word, word]);
    expect(chunkMarkdown(`${word}\n${word}`, 64)).toEqual([word, word]);
    expect(chunkMarkdown(`${word}. ${word}`, 64)).toEqual([`${word}.`, word]);
    expect(chunkMarkdown(`${word} ${word}`, 64).every((chunk) => !chunk.endsWith("wor"))).toBe(true);
  });

  it("closes a code block at the end of a chunk and opens it again, with its language, in the next", () => {
    const lines = Array.from({ length: 12 }, (_line, index) => `console.log(${index});`);
    const chunks = chunkMarkdown(`Look:\n\`\`\`js\n${lines.join("\n")}\n\`\`\`\nDone.`, 100);
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) {
      expect(chunk.length).toBeLessThanOrEqual(100);
      expect(chunk.match(/^```/gm)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0);
    }
    expect(chunks[1]?.startsWith("```js\n")).toBe(true);
    expect(lines.every((line) => chunks.some((chunk) => chunk.includes(line)))).toBe(true);
    expect(chunks.at(-1)?.endsWith("Done.")).toBe(true);
  });

  it("refuses a limit that holds nothing useful", () => {
    expect(() => chunkMarkdown("text", 10)).toThrow(RangeError);
  });

  it("never exceeds the limit, never cuts a character in two, and keeps every visible character in order", () => {
    const text = fc.string({
      unit: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom("a", "b", " ", "\n", ". ", "\n\n") },
        { weight: 1, arbitrary: fc.constant("😀") },
      ),
      maxLength: 2_000,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 64, max: 300 }), (source, limit) => {
        const chunks = chunkMarkdown(source, limit);
        expect(chunks.every((chunk) => chunk.length <= limit && chunk.trim() !== "" && chunk.isWellFormed())).toBe(
          true,
        );
        expect(withoutSpace(chunks.join(""))).toBe(withoutSpace(source));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps fences balanced in every chunk, whatever stands in and around them", () => {
    const block = fc
      .tuple(fc.constantFrom("```", "```ts", "~~~"), fc.array(fc.stringMatching(/^[a-z ]{0,40}$/), { maxLength: 20 }))
      .map(([opening, lines]) => `${opening}\n${lines.join("\n")}\n${opening.slice(0, 3)}`);
    const prose = fc
      .array(fc.stringMatching(/^[a-z .]{1,60}$/), { minLength: 1, maxLength: 10 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(block, prose), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 80, max: 300 }),
        (parts, limit) => {
          for (const chunk of chunkMarkdown(parts.join("\n\n"), limit)) {
            expect(chunk.length).toBeLessThanOrEqual(limit);
            for (const marker of ["```", "~~~"]) {
              expect(chunk.split("\n").filter((line) => line.startsWith(marker)).length % 2).toBe(0);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
