import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { LineBudget } from "../../src/logging/flood/line-budget.ts";
import { recordingLog } from "../support/silent-log.ts";

function room() {
  const clock = new ManualClock();
  const log = recordingLog();
  const budget = new LineBudget(clock, log);
  const write = (count: number, kind = "health") => {
    for (let n = 0; n < count; n += 1) budget.debug("request", kind, () => ({ method: kind }));
  };
  return { clock, log, write };
}

describe("a line budget", () => {
  it("writes every line of an ordinary second", () => {
    const { log, write } = room();
    write(100);
    expect(log.lines).toHaveLength(100);
    expect(log.lines[99]).toEqual({ level: "debug", message: "request", fields: { method: "health" } });
  });

  it("counts what is beyond, by kind, and tells it when the second is over", async () => {
    const { clock, log, write } = room();
    write(100);
    write(900, "health");
    write(5, "status");
    expect(log.lines).toHaveLength(100);
    await clock.advance(1_000);
    expect(log.lines).toHaveLength(101);
    expect(log.lines[100]).toMatchObject({ level: "debug", fields: { skipped: { health: 900, status: 5 } } });
    write(1);
    expect(log.lines).toHaveLength(102);
  });

  it("tells a bounded number of kinds apart", async () => {
    const { clock, log, write } = room();
    write(100);
    for (let kind = 0; kind < 500; kind += 1) write(1, `kind-${kind}`);
    await clock.advance(1_000);
    const skipped = log.lines.at(-1)?.fields?.["skipped"] as Record<string, number>;
    expect(Object.keys(skipped)).toHaveLength(21);
    expect(skipped["others"]).toBe(480);
  });

  it("does not make the fields of lines it does not write", () => {
    const { clock, log } = room();
    const budget = new LineBudget(clock, log);
    let made = 0;
    for (let n = 0; n < 1_000; n += 1) budget.debug("event", "chat", () => ({ made: (made += 1) }));
    expect(made).toBe(100);
  });
});
