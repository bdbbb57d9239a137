import { runProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

import type { SoakArgument, SoakResult } from "./program.ts";

const PROGRAM = new URL("program.ts", import.meta.url).pathname;
/** A few seconds here; the nightly run sets 600. */
const SECONDS = Number(process.env["OPENCLAW_SOAK_SECONDS"] ?? 10);
const MESSAGES_PER_SECOND = 20;
const CHATS = 200;
/** By how much resident memory may grow after the start, in MiB. */
const MOST_GROWTH_MIB = 150;
/** What a message may leave in memory for good, measured once the start is over. */
const MOST_LEFT_BYTES = 512;
/** Less than this many seconds say nothing about what stays. */
const SLOPE_SECONDS = 120;

it(
  "F16 answers every message once under a steady load, with nothing left open and bounded memory",
  { timeout: (SECONDS + 120) * 1_000 },
  async () => {
    await using directory = await createTempDirectory("openclaw-soak");
    const argument: SoakArgument = {
      stateDir: directory.path,
      seconds: SECONDS,
      messagesPerSecond: MESSAGES_PER_SECOND,
      chats: CHATS,
    };
    const run = {
      command: process.execPath,
      arguments: ["--expose-gc", "--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
      environment: { PATH: process.env["PATH"], HOME: directory.path },
    };
    const { code, stdout, stderr } = await runProcess(run, (SECONDS + 100) * 1_000);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as SoakResult;
    const { said, answered, doubled, rows, memoryMiB, mostOpen, inUse } = result;
    expect({ answered, doubled }).toEqual({ answered: said, doubled: 0 });
    expect(rows).toMatchObject({ inbox: said, turns: said, outbox: said, sessions: CHATS, transcript: 2 * said });
    const growth = (memoryMiB.at(-1) ?? 0) - (memoryMiB[Math.min(2, memoryMiB.length - 1)] ?? 0);
    const left = slopeBytes(inUse);
    console.log(
      `soak: ${said} messages in ${SECONDS} s over ${CHATS} chats; resident memory ${thinned(memoryMiB).join(" ")} MiB; in use ${inUse.map(({ kibibytes }) => kibibytes).join(" ")} KiB, ${left} bytes a message; at most ${mostOpen} open; rows ${JSON.stringify(rows)}`,
    );
    expect(growth).toBeLessThan(MOST_GROWTH_MIB);
    if (SECONDS >= SLOPE_SECONDS) expect(left).toBeLessThan(MOST_LEFT_BYTES);
  },
);

/** How many bytes more are in use per message, over the second half: by then everything has reached its bounds. */
function slopeBytes(inUse: SoakResult["inUse"]): number {
  const half = inUse.slice(Math.floor(inUse.length / 2));
  const [first] = half;
  const last = half.at(-1);
  if (!first || !last || last.said === first.said) return 0;
  return Math.round(((last.kibibytes - first.kibibytes) * 1_024) / (last.said - first.said));
}

/** At most sixty of many samples. */
function thinned(samples: readonly number[]): number[] {
  const step = Math.ceil(samples.length / 60);
  return samples.filter((_sample, index) => index % step === 0 || index === samples.length - 1);
}
