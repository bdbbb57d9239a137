import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { expect, it } from "vitest";

import { Inbox, type Source } from "../../src/inbox/inbox.ts";
import { type Doom, MortalLine } from "../support/mortal-process.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";

const DAY = 24 * 60 * 60 * 1000;
const SOURCES: readonly Source[] = [
  { channel: "telegram", account: "default" },
  { channel: "telegram", account: "second" },
  { channel: "memory", account: "default" },
];

interface Delivery {
  readonly eventId: string;
  readonly aliases: readonly string[];
}

/** What the inbox should hold, told without a database. */
interface Model {
  readonly entries: { source: number; names: readonly string[]; receivedAt: number; settled: boolean }[];
  readonly cursors: Map<number, string>;
  deliveries: number;
}

/** The inbox of a process, and of the processes after it. */
type World = MortalLine<Inbox>;
type Command = fc.AsyncCommand<Model, World>;

/** What a batch should do: each event is new unless one of its names is known. */
function expectBatch(model: Model, source: number, batch: readonly Delivery[], now: number) {
  const fresh: { source: number; names: readonly string[]; receivedAt: number; settled: boolean }[] = [];
  const isKnown = (name: string) =>
    [...model.entries, ...fresh].some((entry) => entry.source === source && entry.names.includes(name));
  for (const { eventId, aliases } of batch) {
    const names = [eventId, ...aliases];
    if (!names.some(isKnown)) fresh.push({ source, names, receivedAt: now, settled: false });
  }
  return fresh;
}

async function checkWaiting({ entries }: Model, { part: inbox }: World): Promise<void> {
  const open = entries.filter(({ settled }) => !settled);
  for (const [index, source] of SOURCES.entries()) {
    const waiting = await inbox.waiting(source, { limit: 1_000 });
    expect(waiting.map(({ eventId }) => eventId)).toEqual(
      open.filter((entry) => entry.source === index).map(({ names }) => names[0]),
    );
  }
}

function deliver(source: number, batch: readonly Delivery[], doom: Doom | undefined): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      const place = SOURCES[source];
      if (!place) throw new Error("No such source.");
      const cursor = String((model.deliveries += 1));
      const fresh = expectBatch(model, source, batch, world.clock.now());
      if (doom) world.process.doom(doom);
      const events = batch.map((event) => ({ ...event, origin: "live" as const, raw: { cursor } }));
      const recording = world.part.record(place, { events, cursor: { key: "offset", value: cursor } });
      if (doom?.commits === 1) {
        await expect(recording).rejects.toThrow("gone");
        await world.reopen();
        // All of it or nothing of it: the events and the cursor are one commit.
        expect(await world.part.readCursor(place, "offset")).toBe(doom.afterwards ? cursor : model.cursors.get(source));
      } else {
        const { recorded, duplicates } = await recording;
        expect(recorded.map(({ eventId }) => eventId)).toEqual(fresh.map(({ names }) => names[0]));
        expect(duplicates).toBe(batch.length - fresh.length);
      }
      if (doom?.commits === 1 && !doom.afterwards) return;
      model.entries.push(...fresh);
      model.cursors.set(source, cursor);
      await checkWaiting(model, world);
    },
    toString: () => `deliver(${source}, ${JSON.stringify(batch)}, ${JSON.stringify(doom)})`,
  };
}

function settle(index: number): Command {
  return {
    check: ({ entries }) => entries.length > 0,
    run: async (model, world) => {
      const entry = model.entries[index % model.entries.length];
      const place = entry && SOURCES[entry.source];
      if (!entry || !place) return;
      const found = await world.part.find(place, entry.names.at(-1) ?? "");
      const { store } = world.process;
      const settled = await store.transaction((sql) =>
        world.part.settle(sql, found ?? { id: -1 }, { state: "answered", runId: "run" }),
      );
      // Whoever is second to settle an entry hears that it was settled.
      expect(settled).toBe(!entry.settled);
      entry.settled = true;
      await checkWaiting(model, world);
    },
    toString: () => `settle(${index})`,
  };
}

function pass(days: number): Command {
  return {
    check: () => true,
    run: (_model, world) => world.clock.advance(days * DAY),
    toString: () => `pass(${days} days)`,
  };
}

function prune(): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      const isOld = ({ receivedAt, settled }: Model["entries"][number]) =>
        settled && receivedAt < world.clock.now() - 30 * DAY;
      const old = model.entries.filter(isOld).length;
      expect(await world.part.prune()).toBe(old);
      model.entries.splice(0, model.entries.length, ...model.entries.filter((entry) => !isOld(entry)));
      await checkWaiting(model, world);
    },
    toString: () => "prune()",
  };
}

function crash(): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      await world.reopen();
      await checkWaiting(model, world);
      for (const [source, cursor] of model.cursors) {
        const place = SOURCES[source];
        if (place) expect(await world.part.readCursor(place, "offset")).toBe(cursor);
      }
    },
    toString: () => "crash()",
  };
}

// Few names, so that deliveries meet: the same id, the same alias, one's id as the other's alias.
const name = fc.constantFrom("1", "2", "3", "chat/1", "chat/2", "chat/3");
const delivery = fc.record({ eventId: name, aliases: fc.array(name, { maxLength: 2 }) });
const doom = fc.option(fc.record({ commits: fc.constantFrom(1), afterwards: fc.boolean() }), {
  nil: undefined,
  freq: 4,
});
const commands = fc.commands(
  [
    fc.tuple(fc.nat(SOURCES.length - 1), fc.array(delivery, { maxLength: 4 }), doom).map((parts) => deliver(...parts)),
    fc.nat(20).map(settle),
    fc.integer({ min: 1, max: 20 }).map(pass),
    fc.constant(prune()),
    fc.constant(crash()),
  ],
  { maxCommands: 40, size: "max" },
);

it(
  "F7 F9 DESIGN promises 1 and 2: deliveries that share a name are one for 30 days, and a batch is stored whole with its cursor or not at all",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await using directory = await createTempDirectory();
        await using world = new MortalLine(
          `${directory.path}/gateway.sqlite`,
          ({ store, clock }) => new Inbox(store, clock),
        );
        await fc.asyncModelRun(
          () => ({ model: { entries: [], cursors: new Map(), deliveries: 0 }, real: world }),
          steps,
        );
      }),
      propertyBounds,
    );
  },
);
