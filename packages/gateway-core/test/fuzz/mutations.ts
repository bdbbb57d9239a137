import fc from "fast-check";

/** What goes out as one WebSocket message, in as many frames as there are pieces. */
export interface Message {
  readonly pieces: readonly (string | Buffer)[];
  readonly isBinary: boolean;
}

/** Makes something wrong out of something right. Printed by its label when a property fails. */
export interface Mutation {
  readonly label: string;
  readonly apply: (seed: unknown) => Message;
}

/** A JSON value in place of another, or of nothing. */
export type Change = (seed: unknown) => unknown;

const LIMITS = [
  0,
  -0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  Number.MAX_VALUE,
  5e-324,
];
const TEXTS = ["", " ", "\0", "\uD800", "\u202E", "é\u0301", "__proto__", "constructor", "../../etc/passwd", "%00"];
const HUGE = ["a".repeat(70_000), "\u{1F600}".repeat(20_000), Array.from({ length: 20_000 }, () => 0)];
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "",
  "\0",
  "a".repeat(5_000),
];

/** A value of another kind, or at the edge of its own. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, ...LIMITS, ...TEXTS) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...HUGE) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 1_000 }).map(nested) },
);

/** Another value of the same kind, so that it is more likely to be let through. */
const likeValue = fc.record({
  string: fc.oneof(fc.constantFrom(...TEXTS, "main", "agent:main:main", "memory", "all"), fc.string({ maxLength: 30 })),
  number: fc.oneof(fc.constantFrom(...LIMITS), fc.nat(2_000)),
  boolean: fc.boolean(),
});

/** A key dropped, replaced or added, somewhere in it. */
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: place(likeValue, (parent, key, like) => {
      const kind = typeof parent[key];
      if (kind === "string" || kind === "number" || kind === "boolean") define(parent, key, like[kind]);
    }),
  },
  {
    weight: 3,
    arbitrary: place(fc.constant(undefined), (parent, key) => {
      Reflect.deleteProperty(parent, key);
    }),
  },
  { weight: 3, arbitrary: place(oddValue, (parent, key, value) => define(parent, key, value)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...KEYS), oddValue)
      .chain(([key, value]) => place(fc.constant(value), (parent) => define(parent, key, value))),
  },
  {
    weight: 1,
    arbitrary: place(fc.string({ minLength: 1, maxLength: 12 }), (parent, _key, name) => define(parent, name, 1)),
  },
  { weight: 1, arbitrary: oddValue.map((value) => () => value) },
);

/** One to three changes, one after the other. */
export const changes: fc.Arbitrary<Change> = fc
  .array(change, { minLength: 1, maxLength: 3 })
  .map((list) => (seed: unknown) => list.reduce((value, one) => one(value), seed));

/** What can happen to a frame on its way out, or be sent in its place. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  labelled("another value", fc.tuple(changes, fc.boolean()), ([one, isBinary], seed) =>
    whole(json(one(seed)), isBinary),
  ),
  labelled("as it is", fc.boolean(), (isBinary, seed) => whole(json(seed), isBinary)),
  labelled("another byte", fc.tuple(share(), fc.nat(255), fc.boolean()), ([at, byte, isBinary], seed) => {
    const bytes = Buffer.from(json(seed));
    bytes[Math.floor(at * (bytes.length - 1))] = byte;
    return whole(bytes, isBinary);
  }),
  labelled("cut out", fc.tuple(share(), share()), ([one, other], seed) => {
    const text = json(seed);
    return whole(text.slice(0, text.length * Math.min(one, other)) + text.slice(text.length * Math.max(one, other)));
  }),
  labelled("put in", fc.tuple(share(), fc.string({ maxLength: 20 })), ([at, extra], seed) => {
    const text = json(seed);
    return whole(text.slice(0, text.length * at) + extra + text.slice(text.length * at));
  }),
  labelled("a key twice", fc.tuple(fc.constantFrom("type", "id", "method", "params"), oddValue), ([key, value], seed) =>
    whole(`{${JSON.stringify(key)}:${json(value)},${json(seed).slice(1)}`),
  ),
  labelled("a prototype", fc.constantFrom("__proto__", "constructor"), (key, seed) =>
    whole(`{"${key}":{"polluted":"yes","prototype":{"polluted":"yes"}},${json(seed).slice(1)}`),
  ),
  labelled("a number out of range", fc.constantFrom("1e400", "-1e400", "1e-400", "9".repeat(400)), (number, seed) =>
    whole(json(seed).replace(/:(?:"[^"]*"|\d+)/u, `:${number}`)),
  ),
  labelled("depth", fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.boolean()), ([depth, isClosed], seed) => {
    const deep = "[".repeat(depth) + (isClosed ? "]".repeat(depth) : "");
    return whole(`{"params":${deep},${json(seed).slice(1)}`);
  }),
  labelled("in pieces", fc.array(share(), { maxLength: 6 }), (cuts, seed) => {
    const bytes = Buffer.from(json(seed));
    const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b), bytes.length];
    return { pieces: places.slice(1).map((end, index) => bytes.subarray(places[index], end)), isBinary: false };
  }),
  labelled("bytes", fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.boolean()), ([bytes, isBinary]) =>
    whole(Buffer.from(bytes), isBinary),
  ),
  labelled("an answer", fc.constantFrom("res", "event", "hello", "REQ"), (type, seed) =>
    whole(json({ ...(seed as object), type, ok: true, event: "tick", payload: { ts: 1 } })),
  ),
  labelled("any JSON", fc.jsonValue({ maxDepth: 4 }), (value) => whole(json(value))),
);

function labelled<T>(
  name: string,
  choice: fc.Arbitrary<T>,
  apply: (choice: T, seed: unknown) => Message,
): fc.Arbitrary<Mutation> {
  return choice.map((chosen) => ({
    label: `${name} ${fc.stringify(chosen).slice(0, 300)}`,
    apply: (seed: unknown) => apply(chosen, seed),
  }));
}

/** Where in something, from its start to its end. */
function share(): fc.Arbitrary<number> {
  return fc.nat(1_000).map((thousandth) => thousandth / 1_000);
}

type Container = Record<string, unknown>;

/** A change of one member, however deep, of a copy. A value without members is replaced whole. */
function place<T>(
  value: fc.Arbitrary<T>,
  act: (parent: Container, key: string, value: T) => void,
): fc.Arbitrary<Change> {
  return fc.tuple(fc.nat(), value).map(([choice, chosen]) => (seed: unknown) => {
    const copy = structuredClone(seed);
    const members = membersOf(copy);
    const found = members[choice % Math.max(1, members.length)];
    if (!found) return chosen;
    act(found.parent, found.key, chosen);
    return copy;
  });
}

function membersOf(value: unknown, depth = 8): { readonly parent: Container; readonly key: string }[] {
  if (typeof value !== "object" || value === null || depth === 0) return [];
  const parent = value as Container;
  const keys = Object.keys(parent).slice(0, 100);
  return keys.flatMap((key) => [{ parent, key }, ...membersOf(parent[key], depth - 1)]);
}

/** A plain assignment would set the prototype in place of a member of that name. */
function define(parent: Container, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function whole(data: string | Buffer, isBinary = false): Message {
  return { pieces: [data], isBinary };
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
