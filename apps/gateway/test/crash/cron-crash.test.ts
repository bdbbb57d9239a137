import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { runProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

import type { CronProgramArgument, CronReport } from "./cron-program.ts";

const ADA = 4711;
const LABEL = "(this may be a repeat)\n";
const PROGRAM = new URL("cron-program.ts", import.meta.url).pathname;
const LANES = 3;
const TIMEOUT_MS = 20 * 60_000;
/** Every so many points are tried here; the nightly run sets 1 and tries them all. */
const STRIDE = Number(process.env["OPENCLAW_CRASH_STRIDE"] ?? 4);

interface Scene extends AsyncDisposable {
  readonly telegram: FakeTelegram;
  run(crashAt: number): Promise<{ readonly crashedAt: string | undefined; readonly report: CronReport | undefined }>;
}

async function openScene(): Promise<Scene> {
  const directory = await createTempDirectory("openclaw-cron-crash");
  const telegram = await FakeTelegram.start();
  telegram.people.addUser({ id: ADA, firstName: "Ada" });
  const { apiRoot, token } = telegram;
  return {
    telegram,
    run: async (crashAt) => {
      const argument: CronProgramArgument = { stateDir: directory.path, apiRoot, token, crashAt, chatId: String(ADA) };
      const { code, signal, stdout, stderr } = await runProcess({
        command: process.execPath,
        arguments: ["--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
        environment: { PATH: process.env["PATH"], HOME: directory.path },
      });
      if (signal !== "SIGKILL" && code !== 0) throw new Error(`The gateway failed (${code}):\n${stdout}\n${stderr}`);
      const settled = /^settled (.*)$/m.exec(stdout)?.[1];
      return {
        crashedAt: /^crash \d+ (.*)$/m.exec(stdout)?.[1],
        report: settled === undefined ? undefined : (JSON.parse(settled) as CronReport),
      };
    },
    [Symbol.asyncDispose]: async () => {
      await telegram[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What is broken, in words. */
function violations({ telegram }: Scene, report: CronReport | undefined): string[] {
  if (!report) return ["the gateway did not come to an end"];
  const texts = telegram.sent.map(({ message }) => message.text ?? "");
  const plain = texts.filter((text) => text === "The report.").length;
  const labelled = texts.filter((text) => text === `${LABEL}The report.`).length;
  const lines = (text: string) => report.lines.filter((line) => line === text).length;
  const found: string[] = [];
  if (report.slots.toSorted().join(", ") !== "report done, tea done") found.push(`slots: ${report.slots.join(", ")}`);
  if (plain + labelled === 0) found.push("the report was not delivered");
  if (plain > 1 || labelled > 1)
    found.push(`the report was delivered ${plain} times, and ${labelled} times with a label`);
  if (lines("Time for tea.") !== 1) found.push(`the reminder was left ${lines("Time for tea.")} times`);
  if (lines("Cron (report): The report.") !== 1)
    found.push(`the report was noted ${lines("Cron (report): The report.")} times`);
  if (report.outbox.length !== 1) found.push(`${report.outbox.length} messages were queued`);
  return found;
}

it(
  "F1 F2 DESIGN promise 15: each slot runs once, with everything it leads to, whatever instant the gateway is killed at",
  { timeout: TIMEOUT_MS },
  async () => {
    await using calm = await openScene();
    const { report } = await calm.run(0);
    expect(violations(calm, report)).toEqual([]);
    const points = report?.points ?? 0;
    expect(points).toBeGreaterThan(50);
    const queue = Array.from({ length: points }, (_point, index) => index + 1).filter(
      (point) => point % STRIDE === 1 % STRIDE,
    );
    const tried = queue.length;
    const outcomes: string[] = [];
    const kinds = new Set<string>();
    const lane = async () => {
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        await using scene = await openScene();
        const first = await scene.run(point);
        const second = await scene.run(0);
        if (first.crashedAt !== undefined) kinds.add(first.crashedAt);
        outcomes.push(
          ...violations(scene, second.report).map((problem) => `killed at ${point} (${first.crashedAt}): ${problem}`),
        );
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(
      `cron crash matrix: ${points} points in a run, ${tried} tried, ${kinds.size} kinds, ${outcomes.length} violations`,
    );
    expect(outcomes).toEqual([]);
  },
);
