import { describe, expect, it } from "vitest";

import { median, percentile } from "../src/measure/statistics.ts";
import { markdownTable, textTable } from "../src/report.ts";
import { limitLine, ratioLine } from "../src/row.ts";

describe("statistics", () => {
  it("takes the middle, and the mean of the two middle ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow("nothing");
  });

  it("interpolates percentiles", () => {
    const values = Array.from({ length: 101 }, (_, index) => 100 - index);
    expect([0, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([0, 50, 99, 100]);
    expect(percentile([0, 10], 99)).toBeCloseTo(9.9);
  });
});

describe("the report", () => {
  const lines = [
    ratioLine("a request", { measured: 15, yardstick: 10, unit: "µs", budget: 1.4 }),
    ratioLine("health", { measured: 15, yardstick: 10, ratio: 1.2, unit: "µs", budget: 1.4 }),
    limitLine("memory", { measured: 79.96, unit: "MiB", budget: 80 }),
  ];

  it("says which lines are within their budget, by the ratio of the rounds where there is one", () => {
    expect(lines.map(({ result, isWithin }) => [result, isWithin])).toEqual([
      ["1.50 ×", false],
      ["1.20 ×", true],
      ["80.0 MiB", true],
    ]);
  });

  it("is a table for people, and one for the README", () => {
    expect(textTable(lines).split("\n")).toEqual([
      "what       measured  yardstick  result    budget",
      "a request  15.0 µs   10.0 µs    1.50 ×    ≤ 1.4 ×   OVER",
      "health     15.0 µs   10.0 µs    1.20 ×    ≤ 1.4 ×   within",
      "memory     80.0 MiB  –          80.0 MiB  ≤ 80 MiB  within",
    ]);
    expect(markdownTable(lines).split("\n")[2]).toBe("| a request | 15.0 µs | 10.0 µs | 1.50 × | ≤ 1.4 × | OVER |");
  });
});
