import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { runProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

import type { ProgramArgument } from "./program.ts";

const ADA = 4711;
const PROGRAM = new URL("program.ts", import.meta.url).pathname;
const LANES = 3;
/** Every so many points are tried here; the nightly run sets 1 and tries them all. */
const STRIDE = Number(process.env["OPENCLAW_CRASH_STRIDE"] ?? 8);

interface Run {
  readonly crashedAt: string | undefined;
  readonly points: number;
}

/** Ada sends two photos with a caption; the gateway is killed at an instant, and started again. Answers what is wrong. */
async function survive(crashAt: number): Promise<Run & { readonly answers: readonly string[] }> {
  await using directory = await createTempDirectory("openclaw-album");
  await using telegram = await FakeTelegram.start();
  const ada = telegram.people.addUser({ id: ADA, firstName: "Ada" });
  const send = (data: string, caption: object) =>
    telegram.people.sendsFile(
      ada,
      { kind: "photo", data: Buffer.from(data), ...caption },
      { fields: { media_group_id: "17" } },
    );
  const first = send("one", { caption: "look" });
  // The other part comes once the first one is stored, so that the process can die between them.
  const other = telegram.waitForCall("getUpdates", { count: 2, timeoutMs: 60_000 }).then(() => send("two", {}));
  const run = async (at: number): Promise<Run> => {
    const argument: ProgramArgument = {
      stateDir: directory.path,
      apiRoot: telegram.apiRoot,
      token: telegram.token,
      crashAt: at,
      expected: 1,
    };
    const { code, signal, stdout, stderr } = await runProcess({
      command: process.execPath,
      arguments: ["--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
      environment: { PATH: process.env["PATH"], HOME: directory.path },
    });
    if (signal !== "SIGKILL" && code !== 0) throw new Error(`The gateway failed (${code}):\n${stdout}\n${stderr}`);
    const settled = JSON.parse(/^settled (.*)$/m.exec(stdout)?.[1] ?? "{}") as { points?: number };
    return { crashedAt: /^crash \d+ (.*)$/m.exec(stdout)?.[1], points: settled.points ?? 0 };
  };
  const { crashedAt, points } = await run(crashAt);
  if (crashAt > 0) await run(0);
  expect(telegram.confirmed).toEqual(expect.arrayContaining([first.update_id, (await other).update_id]));
  return { crashedAt, points, answers: telegram.sent.map(({ message }) => message.text ?? "") };
}

it(
  "promises 1 to 3: an album is one message, whatever instant the gateway is killed at",
  { timeout: 300_000 },
  async () => {
    const { points, answers } = await survive(0);
    const whole =
      /^(?:\(this may be a repeat\)\n)?Echo: <?media:image>? \S+ \(\S+\)\n<?media:image>? \S+ \(\S+\)\nlook$/u;
    expect(answers).toEqual([expect.stringMatching(whole)]);
    const queue = Array.from({ length: points }, (_point, index) => index + 1).filter(
      (point) => point % STRIDE === 1 % STRIDE,
    );
    const problems: string[] = [];
    const lane = async () => {
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        const { crashedAt, answers: said } = await survive(point);
        const repeats = said.filter((text) => text.startsWith("(this may be a repeat)")).length;
        const isRight =
          said.every((text) => whole.test(text)) && said.length >= 1 && said.length - repeats <= 1 && repeats <= 1;
        if (!isRight) problems.push(`killed at ${point} (${crashedAt}): ${JSON.stringify(said)}`);
      }
    };
    const tried = queue.length;
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(`album crashes: ${points} points in a run, ${tried} tried, ${problems.length} violations`);
    expect(problems).toEqual([]);
  },
);
