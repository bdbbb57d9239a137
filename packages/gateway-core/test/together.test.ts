import { describe, expect, it } from "vitest";

import { type Step, Together } from "../src/flow/together.ts";

/** Steps that tell when they begin and end, and end when they are let. */
function steps(): { told: string[]; step: (name: string, ...touches: string[]) => Step; end: (name: string) => void } {
  const told: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    told,
    step: (name, ...touches) => ({
      touches,
      take: async () => {
        told.push(`${name} begins`);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        told.push(`${name} ends`);
      },
    }),
    end: (name) => ends.get(name)?.(),
  };
}

/** Lets what is ready run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("DESIGN promise 5 steps of one pass", () => {
  it("that touch the same thing are taken one after the other, in the order they were given", async () => {
    const { told, step, end } = steps();
    const together = new Together();
    await together.add(step("first", "chat a", "session s"));
    const second = together.add(step("second", "chat b", "session s"));
    await turn();
    expect(told).toEqual(["first begins"]);
    end("first");
    await second;
    const finished = together.finish();
    await turn();
    expect(told).toEqual(["first begins", "first ends", "second begins"]);
    end("second");
    await finished;
  });

  it("that touch nothing in common are taken side by side", async () => {
    const { told, step, end } = steps();
    const together = new Together();
    await together.add(step("first", "chat a"));
    await together.add(step("second", "chat b"));
    const finished = together.finish();
    await turn();
    expect(told).toEqual(["first begins", "second begins"]);
    end("second");
    end("first");
    await finished;
  });

  it("are all over before a failure of one is told", async () => {
    const { told, step, end } = steps();
    const together = new Together();
    await together.add({ touches: ["chat a"], take: () => Promise.reject(new Error("the disk is full")) });
    await together.add(step("second", "chat b"));
    const failed = expect(together.finish()).rejects.toThrow("the disk is full");
    await turn();
    end("second");
    await failed;
    expect(told).toEqual(["second begins", "second ends"]);
  });
});
