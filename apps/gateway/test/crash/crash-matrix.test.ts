import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { runProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import type { ProgramArgument } from "./program.ts";

const ADA = 4711;
const MESSAGES = ["one", "long", "act", "two"];
/** With the caption that the program answers with a file. */
const PHOTO = { kind: "photo", data: Buffer.from("a-picture"), caption: "photo" } as const;
const LABEL = "(this may be a repeat)\n";
const PROGRAM = new URL("program.ts", import.meta.url).pathname;
/** Runs side by side; each waits for a platform most of the time. */
const LANES = 3;
const MATRIX_TIMEOUT_MS = 20 * 60_000;
/** Every so many points are tried here; the nightly run sets 1 and tries them all. */
const STRIDE = Number(process.env["OPENCLAW_CRASH_STRIDE"] ?? 5);

interface Scene extends AsyncDisposable {
  readonly telegram: FakeTelegram;
  run(
    crashAt: number,
  ): Promise<{ readonly crashedAt: string | undefined; readonly points: number; readonly states: readonly string[] }>;
}

/** A person who has written four messages and sent a photo, and a gateway that has not seen them yet. */
async function openScene(): Promise<Scene> {
  const directory = await createTempDirectory("openclaw-crash");
  const telegram = await FakeTelegram.start();
  const ada = telegram.people.addUser({ id: ADA, firstName: "Ada" });
  for (const text of MESSAGES) telegram.people.says(ada, text);
  telegram.people.sendsFile(ada, PHOTO);
  const base = {
    stateDir: directory.path,
    apiRoot: telegram.apiRoot,
    token: telegram.token,
    expected: MESSAGES.length + 1,
  };
  return {
    telegram,
    run: async (crashAt) => {
      const argument: ProgramArgument = { ...base, crashAt };
      const { code, signal, stdout, stderr } = await runProcess({
        command: process.execPath,
        arguments: ["--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
        environment: { PATH: process.env["PATH"], HOME: directory.path },
      });
      const crashedAt = /^crash \d+ (.*)$/m.exec(stdout)?.[1];
      if (signal !== "SIGKILL" && code !== 0) throw new Error(`The gateway failed (${code}):\n${stdout}\n${stderr}`);
      const settled = JSON.parse(/^settled (.*)$/m.exec(stdout)?.[1] ?? "{}") as { points?: number; states?: string[] };
      return { crashedAt, points: settled.points ?? 0, states: settled.states ?? [] };
    },
    [Symbol.asyncDispose]: async () => {
      await telegram[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What Ada was sent: long parts by their first letter, files by their captions, and copies that say they may be repeats apart. */
function readMessages({ sent }: FakeTelegram) {
  const texts = sent.map(({ message }) => message.text ?? message.caption ?? "");
  const short = (text: string) => (/^[ABC]{100}/.test(text) ? text.slice(0, 1) : text);
  const labelled = texts.filter((text) => text.startsWith(LABEL)).map((text) => short(text.slice(LABEL.length)));
  return { plain: texts.filter((text) => !text.startsWith(LABEL)).map(short), labelled };
}

/** The promises 1 to 5, read from the platform's own record. Answers what is broken, in words. */
function violations(telegram: FakeTelegram): string[] {
  const { plain, labelled } = readMessages(telegram);
  const found: string[] = [];
  const interrupted = plain.concat(labelled).some((text) => text.includes("I was interrupted while working on this"));
  for (const text of ["Echo: one", "A", "B", "C", "Echo: two", "Saw: a-picture"]) {
    if (!plain.concat(labelled).includes(text)) found.push(`lost: ${text}`);
  }
  if (!interrupted && !plain.concat(labelled).includes("Echo: act")) found.push("lost: the answer to act");
  for (const copies of [plain, labelled]) {
    for (const text of new Set(copies)) {
      const count = copies.filter((other) => other === text).length;
      if (count > 1) found.push(`doubled: ${text} (${count} times)`);
    }
  }
  const first = (text: string) => [...plain, ...labelled].indexOf(text);
  const order = ["Echo: one", "A", "B", "C"].map((text) => plain.indexOf(text)).filter((index) => index >= 0);
  if (order.some((position, index) => index > 0 && position < (order[index - 1] ?? 0)))
    found.push(`out of order: ${plain.join(", ")}`);
  if (first("Echo: one") === -1) found.push("no first answer");
  if (!telegram.sent.some(({ message }) => message["document"] !== undefined)) found.push("lost: the file");
  if (telegram.pending.length > 0) found.push(`${telegram.pending.length} updates are not confirmed`);
  return found;
}

async function survive(crashAt: number): Promise<{ crashedAt: string | undefined; problems: string[] }> {
  await using scene = await openScene();
  const { crashedAt } = await scene.run(crashAt);
  const { states } = await scene.run(0);
  const unsettled = states.filter((state) => state !== "sent" && state !== "unknown" && state !== "dead");
  return {
    crashedAt,
    problems: [...violations(scene.telegram), ...unsettled.map((state) => `an outbound message is ${state}`)],
  };
}

describe("a gateway that is killed", () => {
  it("DESIGN promises 1 to 5 hold whatever instant it is killed at", { timeout: MATRIX_TIMEOUT_MS }, async () => {
    await using calm = await openScene();
    const { points } = await calm.run(0);
    expect(violations(calm.telegram)).toEqual([]);
    expect(points).toBeGreaterThan(100);
    const queue = Array.from({ length: points }, (_point, index) => index + 1).filter(
      (point) => point % STRIDE === 1 % STRIDE,
    );
    const outcomes: string[] = [];
    const labels = new Map<string, number>();
    const tried = queue.length;
    const lane = async () => {
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        const { crashedAt, problems } = await survive(point);
        if (crashedAt !== undefined) labels.set(crashedAt, (labels.get(crashedAt) ?? 0) + 1);
        outcomes.push(...problems.map((problem) => `killed at ${point} (${crashedAt}): ${problem}`));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(
      `crash matrix: ${points} points in a run, ${tried} tried, ${labels.size} kinds, ${outcomes.length} violations`,
    );
    expect(outcomes).toEqual([]);
  });
});
