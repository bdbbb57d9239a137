import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { expect, it } from "vitest";

import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import { LanesWorld } from "./lanes-world.ts";

const MINUTE = 60_000;

type Command = fc.AsyncCommand<object, LanesWorld>;

/** A command that takes its time, and after which table and model are compared. */
function command(name: string, run: (world: LanesWorld) => Promise<void> | void): Command {
  return {
    check: () => true,
    run: async (_model, world) => {
      await run(world);
      await world.settle();
      await world.check();
    },
    toString: () => name,
  };
}

function add(session: string, delayMs: number): Command {
  return command(`add(${session}, in ${delayMs} ms)`, async (world) => {
    const runId = `run${world.turns.size}`;
    const notBefore = delayMs === 0 ? 0 : world.clock.now() + delayMs;
    const turn = { runId, sessionKey: session, agentId: "main", source: "agent", request: { prompt: "?" } } as const;
    await world.process.store
      .transaction((sql) => world.queue.add(sql, { ...turn, notBefore }))
      .then(
        () => world.add({ runId, session, notBefore }),
        (error: unknown) => {
          // Nobody was told that it was taken; the next process finds it, or does not.
          if (!world.process.isDead) throw error;
        },
      );
    world.lanes.pump();
  });
}

function stop(session: string): Command {
  return command(`stop(${session})`, async (world) => {
    world.stopping = session;
    const open = new Set(["queued", "running", "orphan"]);
    const expected = [...world.turns.values()].filter((turn) => turn.session === session && open.has(turn.state));
    const hasOrphan = expected.some(({ state }) => state === "orphan");
    const stopped = await Promise.race([
      world.lanes.stop(session).catch(() => undefined),
      world.clock.advance(1).then(() => undefined),
    ]);
    if (stopped === undefined || world.process.isDead || hasOrphan) return;
    expect(stopped).toEqual(expected.map(({ runId }) => runId));
  });
}

const session = fc.constantFrom("s1", "s2", "s3");
const doom = fc.record({ commits: fc.integer({ min: 1, max: 5 }), afterwards: fc.boolean() });
const pick = fc.nat(3);
const commands = fc.commands(
  [
    fc.tuple(session, fc.constantFrom(0, 0, 0, 5_000)).map((parts) => add(...parts)),
    fc.tuple(session, fc.constantFrom(0, 0, 0, 5_000)).map((parts) => add(...parts)),
    fc
      .tuple(pick, fc.constantFrom("done" as const, "done" as const, "failed" as const, "lost" as const))
      .map(([index, ending]) =>
        command(`end(${index}, ${ending})`, (world) => {
          const turn = world.running[index];
          if (turn) world.end(turn, ending);
        }),
      ),
    pick.map((index) =>
      command(`act(${index})`, async (world) => {
        const turn = world.running[index];
        if (!turn) return;
        const acted = await world.queue.markSideEffects(turn.runId).then(
          () => true,
          () => false,
        );
        turn.hasActed = acted || turn.hasActed;
      }),
    ),
    fc
      .constantFrom(1_000, 20_000, 2 * MINUTE)
      .map((ms) => command(`pass(${ms} ms)`, (world) => world.clock.advance(ms))),
    session.map(stop),
    fc.integer({ min: 1, max: 3 }).map((cap) =>
      command(`cap(${cap})`, (world) => {
        world.cap = cap;
        world.lanes.pump();
      }),
    ),
    doom.map((when) => command(`doom(${JSON.stringify(when)})`, (world) => world.process.doom(when))),
    fc
      .constantFrom("crash" as const, "stop" as const)
      .map((manner) => command(`${manner}()`, (world) => world.reopen(manner))),
  ],
  { maxCommands: 30, size: "max" },
);

it(
  "F12 F13 DESIGN promises 2 and 5: one turn at a time per session, a bounded number at once, oldest first; nothing waits without an owner, and what had begun to act is never begun again",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await using directory = await createTempDirectory();
        const world = new LanesWorld(`${directory.path}/gateway.sqlite`);
        await world.open();
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
          // Left alone, with turns that end well, everything comes to an end.
          for (let round = 0; round < 60 && openTurns(world).length > 0; round += 1) {
            for (const turn of world.running) world.end(turn, "done");
            await world.clock.advance(5_000);
            await world.settle();
            await world.check();
          }
          expect(openTurns(world)).toEqual([]);
        } finally {
          await world.close();
        }
      }),
      propertyBounds,
    );
  },
);

function openTurns({ turns }: LanesWorld) {
  return [...turns.values()].filter(({ state }) => state === "queued" || state === "running" || state === "orphan");
}
