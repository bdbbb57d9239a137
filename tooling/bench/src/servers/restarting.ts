/** A gateway that is stopped and opened again on the same files, in its own process. */
import type { MemoryPlatform } from "@openclaw/channels-contract/memory";

import { serveCommands } from "./commands.ts";
import { type Core, createCore } from "./stored/core.ts";
import { sampleChat, seedPending } from "./stored/seed.ts";
import type { GatewaySettings } from "./start.ts";
import { nextAnswer } from "./turn-load.ts";

const core = await createCore(JSON.parse(process.argv[2] ?? "{}") as GatewaySettings);
await writeSample(core);

serveCommands({}, { firstReply: ({ pending }: { pending: number }) => timeFirstReply(core, pending) }, () =>
  core[Symbol.asyncDispose](),
);

/** Milliseconds from opening the files to the first reply to one of those that wrote before. */
async function timeFirstReply({ databaseFile, platform, open }: Core, pending: number): Promise<number> {
  await seedPending(databaseFile, pending);
  const startedAt = performance.now();
  const replied = firstAnswer(platform).then(() => performance.now() - startedAt);
  const gateway = await open();
  await gateway.start();
  const elapsedMs = await replied;
  await gateway.stop({ drainMs: 0 });
  return elapsedMs;
}

function firstAnswer(platform: MemoryPlatform): Promise<void> {
  return new Promise((resolve) => {
    const listening = platform.onSent(() => {
      listening[Symbol.dispose]();
      resolve();
    });
  });
}

/** Somebody writes, so that there is a message to make copies of. */
async function writeSample({ platform, open }: Core): Promise<void> {
  const gateway = await open();
  await gateway.start();
  const answered = nextAnswer(platform, sampleChat);
  platform.say({ chatId: sampleChat, text: "hello" });
  await answered;
  await gateway.stop({ drainMs: 5_000 });
}
