import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { expect, it } from "vitest";

import { IdempotencyStore } from "../../src/idempotency/idempotency.ts";
import { type Doom, MortalLine } from "../support/mortal-process.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Bodies by what they mean; the spellings of one differ in the order of their keys, and in what is left out. */
const BODIES: readonly (readonly unknown[])[] = [
  [
    { to: "ada", message: "hello" },
    { message: "hello", to: "ada" },
    { message: "hello", to: "ada", threadId: undefined },
  ],
  [{ to: "ada", message: "hello!" }],
  [
    { to: "ada", message: "hello", media: ["a", "b"], options: { silent: true, reply: "1" } },
    { options: { reply: "1", silent: true }, media: ["a", "b"], message: "hello", to: "ada" },
  ],
  [{ to: "ada", message: "hello", media: ["b", "a"], options: { silent: true, reply: "1" } }],
];

interface Keyed {
  readonly client: string;
  readonly method: string;
  readonly key: string;
  readonly body: number;
}

interface Model {
  readonly known: Map<string, { readonly body: number; readonly answer: number; readonly at: number }>;
  effects: number;
}

/** Side effects of a process, and of the processes after it: each is one number more. */
class World extends MortalLine<IdempotencyStore> {
  constructor(databaseFile: string) {
    super(databaseFile, ({ store, clock }) => new IdempotencyStore(store, clock));
  }

  /** A request as the methods carry it out: what was answered before, or the effect and its answer in one commit. */
  ask({ body, ...name }: Keyed, spelling: number): Promise<number> {
    const spellings = BODIES[body] ?? [];
    const request = { ...name, body: spellings[spelling % spellings.length] };
    return this.process.store.transaction(async (sql) => {
      const before = await this.part.recall<{ effect: number }>(sql, request);
      if (before) return before.effect;
      const row = await sql.get<{ value: number }>(
        `INSERT INTO counters (name, value) VALUES ('effects', 1)
         ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
      );
      const effect = row?.value ?? 0;
      await this.part.remember(sql, request, { effect });
      return effect;
    });
  }

  async countEffects(): Promise<number> {
    const row = await this.process.store.get<{ value: number }>("SELECT value FROM counters WHERE name = 'effects'");
    return row?.value ?? 0;
  }
}

type Command = fc.AsyncCommand<Model, World>;

const nameOf = ({ client, method, key }: Keyed) => JSON.stringify([client, method, key]);

/** The same request, asked once or several times at once. */
function ask(
  keyed: Keyed,
  { spelling, times, doom }: { spelling: number; times: number; doom: Doom | undefined },
): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      const known = model.known.get(nameOf(keyed));
      const isNew = known === undefined;
      if (doom) world.process.doom(doom);
      const answers = await Promise.allSettled(
        Array.from({ length: times }, (_time, index) => world.ask(keyed, spelling + index)),
      );
      const next = { body: keyed.body, answer: model.effects + 1, at: world.clock.now() };
      if (doom) {
        await world.reopen();
        expect(answers.every(({ status }) => status === "rejected")).toBe(true);
        // Nobody was told; whether it was done is one thing with whether it is remembered.
        const isDone = (await world.countEffects()) > model.effects;
        expect(isDone).toBe(isNew && doom.afterwards);
        if (!isDone) return;
      } else if (known && known.body !== keyed.body) {
        for (const answer of answers)
          expect(answer).toMatchObject({ status: "rejected", reason: { code: "INVALID_REQUEST" } });
      } else {
        const expected = (known ?? next).answer;
        expect(answers).toEqual(answers.map(() => ({ status: "fulfilled", value: expected })));
      }
      if (isNew) {
        model.known.set(nameOf(keyed), next);
        model.effects += 1;
      }
      expect(await world.countEffects()).toBe(model.effects);
    },
    toString: () => `ask(${JSON.stringify(keyed)}, ${JSON.stringify({ spelling, times, doom })})`,
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
      const old = [...model.known].filter(([, { at }]) => at < world.clock.now() - 30 * DAY);
      expect(await world.part.prune()).toBe(old.length);
      for (const [name] of old) model.known.delete(name);
    },
    toString: () => "prune()",
  };
}

function crash(): Command {
  return { check: () => true, run: (_model, world) => world.reopen(), toString: () => "crash()" };
}

const keyed = fc.record({
  client: fc.constantFrom("app", "cli"),
  method: fc.constantFrom("send", "agent"),
  key: fc.constantFrom("k1", "k2", "K1"),
  body: fc.nat(BODIES.length - 1),
});
const doom = fc.option(fc.record({ commits: fc.constant(1), afterwards: fc.boolean() }), { nil: undefined, freq: 4 });
const manner = fc.record({ spelling: fc.nat(2), times: fc.integer({ min: 1, max: 3 }), doom });
const commands = fc.commands(
  [
    fc.tuple(keyed, manner).map((parts) => ask(...parts)),
    fc.tuple(keyed, manner).map((parts) => ask(...parts)),
    fc.integer({ min: 1, max: 20 }).map(pass),
    fc.constant(prune()),
    fc.constant(crash()),
  ],
  { maxCommands: 40, size: "max" },
);

it(
  "F7 DESIGN promise 7: the same key and body get the same answer and no second effect, another body is refused, each client and method apart, across restarts",
  { timeout: PROPERTY_TIMEOUT_MS },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await using directory = await createTempDirectory();
        await using world = new World(`${directory.path}/gateway.sqlite`);
        await fc.asyncModelRun(() => ({ model: { known: new Map(), effects: 0 }, real: world }), steps);
      }),
      propertyBounds,
    );
  },
);
