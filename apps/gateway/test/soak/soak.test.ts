import { runProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

import type { SoakArgument, SoakResult } from "./program.ts";

const PROGRAM = new URL("program.ts", import.meta.url).pathname;
/** A few seconds here; the nightly run sets 600. */
const SECONDS = Number(process.env["OPENCLAW_SOAK_SECONDS"] ?? 10);
const MESSAGES_PER_SECOND = 20;
const CHATS = 200;
/** Memory that is still in use after the start, in MiB; a leak of one message's size would pass it in the long run. */
const MOST_GROWTH_MIB = 150;

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
      arguments: ["--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
      environment: { PATH: process.env["PATH"], HOME: directory.path },
    };
    const { code, stdout, stderr } = await runProcess(run, (SECONDS + 100) * 1_000);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as SoakResult;
    const { said, answered, doubled, rows, memoryMiB, mostOpen } = result;
    expect({ answered, doubled }).toEqual({ answered: said, doubled: 0 });
    expect(rows).toMatchObject({ inbox: said, turns: said, outbox: said, sessions: CHATS, transcript: 2 * said });
    const growth = (memoryMiB.at(-1) ?? 0) - (memoryMiB[Math.min(2, memoryMiB.length - 1)] ?? 0);
    console.log(
      `soak: ${said} messages in ${SECONDS} s over ${CHATS} chats; memory ${memoryMiB.join(" ")} MiB; at most ${mostOpen} open; rows ${JSON.stringify(rows)}`,
    );
    expect(growth).toBeLessThan(MOST_GROWTH_MIB);
  },
);
