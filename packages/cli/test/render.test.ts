import { describe, expect, it } from "vitest";

import { fields, line, toned } from "../src/output.ts";
import { renderTable, wrap } from "../src/render/table.ts";
import { renderText } from "../src/render/text.ts";
import { clean, createPaint, width } from "../src/render/theme.ts";
import { ago, duration } from "../src/views/duration.ts";

const paint = createPaint(false);

describe("rendering", () => {
  it("lines columns up by what a terminal shows, not by characters", () => {
    const table = renderTable(
      ["name", "state"],
      [
        ["東京", toned("good", "online")],
        ["e\u0301milie", "off"],
        ["🦞", "off"],
      ],
      { paint, columns: undefined },
    );
    expect(table).toBe("name    state\n東京    online\ne\u0301milie  off\n🦞      off");
  });

  it("wraps the last column at the edge of the terminal and keeps its tone", () => {
    const table = renderTable(["id", "detail"], [["1", toned("bad", "the token is refused by the platform")]], {
      paint: createPaint(true),
      columns: 30,
    });
    const lines = table.split("\n").slice(1);
    expect(lines).toHaveLength(2);
    for (const text of lines) expect(text).toContain("\u001B[31m");
  });

  it("keeps a table row on one line, whatever a cell holds", () => {
    expect(renderTable(["a", "b"], [["x\ny", "z"]], { paint, columns: undefined })).toBe("a    b\nx y  z");
  });

  it("never breaks a word", () => {
    expect(wrap("a verylongword b", 5)).toEqual(["a", "verylongword", "b"]);
  });

  it("aligns the values of fields and goes on below them", () => {
    expect(renderText([fields(["a", "1"], ["longer", "2\n3"])], { paint, columns: 80 })).toBe(
      "a       1\nlonger  2\n        3\n",
    );
  });

  it("removes control characters and bidi overrides from text, and keeps line breaks and tabs", () => {
    expect(clean("a\u001B[1mb\u0000\u009Bc\u202Ed\n\te")).toBe("a[1mbcd\n\te");
    expect(renderText([line(["x\u0007", toned("dim", "\u001B]0;y")])], { paint, columns: 80 })).toBe("x]0;y\n");
  });

  it("counts wide characters twice and joined ones not", () => {
    expect([width("ab"), width("東"), width("e\u0301"), width("🦞")]).toEqual([2, 2, 1, 2]);
  });

  it("says lengths of time in at most two units", () => {
    expect([0, 40, 1500, 61_000, 3_600_000, 90_061_000].map(duration)).toEqual([
      "0 ms",
      "40 ms",
      "1 s",
      "1 min 1 s",
      "1 h",
      "1 d 1 h",
    ]);
    expect(ago(5000, 2000)).toBe("0 ms ago");
  });
});
