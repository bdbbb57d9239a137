import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { expect, it } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import type { UnknownPolicy } from "../../src/outbox/outbox.ts";
import type { Doom } from "../support/mortal-process.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import { type Ending, newModelRow, OutboxModel } from "./outbox-model.ts";
import { OutboxWorld, PLACE } from "./outbox-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ENDINGS: readonly Ending[] = ["sent", "busy", "pause", "refused", "lost", "dropped", "throws", "silent"];

type Command = fc.AsyncCommand<OutboxModel, OutboxWorld>;

/** A command that takes its time, and after which table and model are compared. */
function command(name: string, run: (model: OutboxModel, world: OutboxWorld) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      await run(model, world);
      await world.settle();
      await world.check();
    },
    toString: () => name,
  };
}

function send(chatId: string, parts: number, deadlineMs: number): Command {
  return command(`send(${chatId}, ${parts} parts, ${deadlineMs} ms)`, async (model, world) => {
    const { outbox, process, clock } = world;
    const content = Array.from({ length: parts }, (_part, index) => ({ kind: "text" as const, text: `part ${index}` }));
    const place = { ...PLACE, chatId, deadlineAt: clock.now() + deadlineMs };
    const rows = await process.store
      .transaction((sql) => outbox.enqueueContent(sql, place, content))
      .catch((error: unknown) => {
        // Whoever asked was not told; the next process finds all of the parts, or none.
        if (process.isDead || isRefusal(error)) return [];
        throw error;
      });
    for (const row of rows) model.rows.set(row.id, newModelRow(row));
    outbox.wake(rows);
  });
}

function operate(action: "retry" | "discard", index: number): Command {
  return command(`${action}(${index})`, async (model, world) => {
    const row = [...model.rows.values()][index % Math.max(1, model.rows.size)];
    if (!row) return;
    const now = world.clock.now();
    const states = action === "retry" ? ["dead", "unknown"] : ["queued", "unknown", "dead"];
    const isAllowed = states.includes(row.state);
    // Told to the model first: the message may be on its way before the call returns.
    const before = { ...row };
    if (isAllowed && action === "retry") model.requeue(row, now, now + HOUR);
    if (isAllowed && action === "discard") row.state = "dead";
    const outcome = await world.outbox[action](row.id).then(
      () => "done",
      (error: unknown) => (error as { code?: unknown }).code ?? "died",
    );
    if (world.process.isDead) {
      const found = await readState(world, row.id);
      if (found === before.state) Object.assign(row, before);
      return;
    }
    if (outcome === "UNAVAILABLE") Object.assign(row, before);
    else expect(outcome).toBe(isAllowed ? "done" : "INVALID_REQUEST");
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "UNAVAILABLE";
}

/** The state of a message that a dead process left. */
async function readState(world: OutboxWorld, id: string): Promise<string | undefined> {
  const rows = await world.peek();
  return rows.find((row) => row.id === id)?.state;
}

const doom: fc.Arbitrary<Doom> = fc.record({ commits: fc.integer({ min: 1, max: 6 }), afterwards: fc.boolean() });
const commands = fc.commands(
  [
    fc
      .tuple(fc.constantFrom("ada", "bob"), fc.integer({ min: 1, max: 3 }), fc.constantFrom(30_000, 10 * MINUTE, HOUR))
      .map((parts) => send(...parts)),
    fc
      .array(fc.constantFrom(...ENDINGS), { minLength: 1, maxLength: 4 })
      .map((endings) =>
        command(`endings(${endings.join(", ")})`, async (_model, world) => void world.endings.push(...endings)),
      ),
    fc
      .constantFrom(1_000, 20_000, 2 * MINUTE, 15 * MINUTE)
      .map((ms) => command(`pass(${ms} ms)`, (_model, world) => world.clock.advance(ms))),
    fc.tuple(fc.constantFrom("retry" as const, "discard" as const), fc.nat(10)).map((parts) => operate(...parts)),
    fc
      .integer({ min: 1, max: 5 })
      .map((count) => command(`refuse(${count})`, async (_model, world) => world.process.refuse(count))),
    doom.map((when) => command(`doom(${JSON.stringify(when)})`, async (_model, world) => world.process.doom(when))),
    fc
      .constantFrom("crash" as const, "stop" as const)
      .map((manner) => command(`${manner}()`, (_model, world) => world.reopen(manner))),
  ],
  { maxCommands: 30, size: "max" },
);

it(
  "F4 F5 F6 DESIGN promises 3, 4 and 5: every message ends in one state, in the order of its chat, never sent after its receipt or past its deadline, and repeated only as the policy allows",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    const policy = fc.constantFrom<UnknownPolicy>("label", "hold", "resend");
    await fc.assert(
      fc.asyncProperty(policy, commands, async (unknownPolicy, steps) => {
        await using directory = await createTempDirectory();
        const model = new OutboxModel(unknownPolicy);
        const world = new OutboxWorld(`${directory.path}/gateway.sqlite`, model);
        await world.open();
        try {
          await fc.asyncModelRun(() => ({ model, real: world }), steps);
          // Left alone, everything comes to an end.
          world.endings.splice(0);
          world.process.refuse(0);
          for (let step = 0; step < 4; step += 1) {
            await world.clock.advance(HOUR / 2);
            await world.settle();
          }
          await world.check();
          const open = [...model.rows.values()].filter(({ state }) => state === "queued" || state === "sending");
          expect(open).toEqual([]);
        } finally {
          await world.close();
        }
      }),
      propertyBounds,
    );
  },
);
