import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatAsJson, JsonLines } from "../../src/logging/json-line.ts";
import { toRecord } from "../../src/logging/record.ts";
import { Redactor } from "../../src/logging/redact.ts";

const SECRET = "4f9a1c77-0d5e-4b1a-8f00-d1e5b0a7c0de";
const head = { time: 1_795_394_718_889, level: "debug", subsystem: "gateway", message: "request" } as const;

const someText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 120 }),
  fc.constantFrom(
    SECRET,
    `id ${SECRET}`,
    "password=hunter22hunter22",
    "Bearer abcdefghijkl",
    "sk-abcdefghijklmnopqrstu",
  ),
  fc.uuid(),
);
const name = fc.oneof(
  fc.constantFrom("method", "id", "time", "message", "level", "botToken", "__proto__", SECRET, 'a"b'),
  fc.string({ maxLength: 20 }),
);
const plain = fc.oneof(someText, fc.double(), fc.integer(), fc.boolean(), fc.constant(undefined));

/** Own properties whatever they are called, as the fields of a line may have. */
function fieldsOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

describe("a line that is written without a record", () => {
  it("is the line that a record makes, however often it comes", () => {
    const redactor = new Redactor();
    redactor.addSecrets([SECRET]);
    const lines = new JsonLines(redactor);
    let written = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(name, plain), { maxLength: 8 }), someText, (entries, message) => {
        const fields = fieldsOf(entries);
        const line = { ...head, message };
        const expected = formatAsJson(toRecord(redactor, line, fields));
        for (const shown of [lines.format(line, fields), lines.format(line, fields)]) {
          if (shown === undefined) continue;
          written += 1;
          // Names that are whole numbers come first in an object.
          expect(JSON.parse(shown)).toEqual(JSON.parse(expected));
          expect(shown).not.toContain(SECRET);
        }
      }),
      { numRuns: 500 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it("is refused when a field is not plain, or its name says that it is secret", () => {
    const lines = new JsonLines(new Redactor());
    const kinds = [
      { a: {} },
      { a: [] },
      { a: null },
      { a: 1n },
      { a: new Error("x") },
      { a: () => 1 },
      { apiKey: "x" },
    ];
    for (const fields of kinds) expect(lines.format(head, fields)).toBeUndefined();
    expect(lines.format(head, undefined)).toBe(formatAsJson(toRecord(new Redactor(), head)));
  });

  it("forgets what was harmless when it becomes a secret", () => {
    const redactor = new Redactor();
    const lines = new JsonLines(redactor);
    expect(lines.format(head, { id: SECRET, [SECRET]: 1 })).toContain(SECRET);
    redactor.addSecrets([SECRET]);
    lines.forget();
    expect(lines.format(head, { id: SECRET })).not.toContain(SECRET);
    expect(lines.format(head, { [SECRET]: 1 })).toBeUndefined();
  });

  it("has the time of its own millisecond", () => {
    const lines = new JsonLines(new Redactor());
    for (const time of [0, 7, 999, 1000, 1_795_394_718_889, 1_795_394_719_001, -1, 253_402_300_799_999]) {
      expect(JSON.parse(lines.format({ ...head, time }, {}) ?? "")).toMatchObject({
        time: new Date(time).toISOString(),
      });
    }
  });
});
