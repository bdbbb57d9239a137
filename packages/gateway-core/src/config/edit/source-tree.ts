import type { Json5 } from "../source/json5-file.ts";

/** Where one value stands in a JSON5 text: from `start` up to but not including `end`. */
export type SourceNode =
  | { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: readonly SourceMember[] }
  | { readonly kind: "list"; readonly start: number; readonly end: number; readonly items: readonly SourceNode[] }
  | { readonly kind: "text" | "other"; readonly start: number; readonly end: number };

export interface SourceMember {
  readonly key: string;
  /** Where the key begins. */
  readonly start: number;
  readonly value: SourceNode;
}

/** Finds every value of a text that is known to be valid JSON5. */
export function readSourceTree(source: string, json5: Json5): SourceNode {
  const reader = new SourceReader(source, json5);
  return reader.value();
}

/** The member that counts when a key stands in an object several times: the last one. */
export function memberNamed(node: SourceNode, key: string): SourceMember | undefined {
  return node.kind === "object" ? node.members.findLast((member) => member.key === key) : undefined;
}

/** Calls `visit` for every text in the tree with its path. */
export function forEachText(
  node: SourceNode,
  visit: (path: readonly (string | number)[], node: SourceNode) => void,
  path: readonly (string | number)[] = [],
): void {
  if (node.kind === "text") visit(path, node);
  else if (node.kind === "list")
    for (const [index, item] of node.items.entries()) forEachText(item, visit, [...path, index]);
  else if (node.kind === "object") for (const { key, value } of node.members) forEachText(value, visit, [...path, key]);
}

/** The position of the next character that is neither white space nor part of a comment. */
export function skipSpace(source: string, from: number): number {
  let at = from;
  for (;;) {
    const character = source[at];
    if (character === undefined) return at;
    if (character === "/" && source[at + 1] === "/") {
      while (at < source.length && !/[\n\r\u2028\u2029]/u.test(source.charAt(at))) at += 1;
    } else if (character === "/" && source[at + 1] === "*") at = source.indexOf("*/", at + 2) + 2;
    else if (/[\s\uFEFF]/u.test(character)) at += 1;
    else return at;
  }
}

class SourceReader {
  readonly #source: string;
  readonly #json5: Json5;
  #at = 0;

  constructor(source: string, json5: Json5) {
    this.#source = source;
    this.#json5 = json5;
  }

  value(): SourceNode {
    const first = this.#peek();
    if (first === "{") return this.#object();
    if (first === "[") return this.#list();
    const start = this.#at;
    const kind = first === '"' || first === "'" ? "text" : "other";
    this.#skipScalar();
    return { kind, start, end: this.#at };
  }

  #object(): SourceNode {
    const start = this.#at;
    const members: SourceMember[] = [];
    this.#at += 1;
    while (this.#peek() !== "}") {
      const keyStart = this.#at;
      this.#skipScalar();
      const written = this.#source.slice(keyStart, this.#at);
      const [key = written] = Object.keys(this.#json5.parse(`{${written}:0}`) as object);
      this.#peek();
      // The colon.
      this.#at += 1;
      members.push({ key, start: keyStart, value: this.value() });
      this.#skipComma();
    }
    this.#at += 1;
    return { kind: "object", start, end: this.#at, members };
  }

  #list(): SourceNode {
    const start = this.#at;
    const items: SourceNode[] = [];
    this.#at += 1;
    while (this.#peek() !== "]") {
      items.push(this.value());
      this.#skipComma();
    }
    this.#at += 1;
    return { kind: "list", start, end: this.#at, items };
  }

  /** A text in quotes, or a key, number or word up to what can not belong to it. */
  #skipScalar(): void {
    const quote = this.#source[this.#at];
    if (quote === '"' || quote === "'") {
      this.#at += 1;
      while (this.#source[this.#at] !== quote) {
        this.#assertNotAtEnd();
        this.#at += this.#source[this.#at] === "\\" ? 2 : 1;
      }
      this.#at += 1;
      return;
    }
    const start = this.#at;
    while (this.#at < this.#source.length && !/[\s\uFEFF,:\]}/]/u.test(this.#source.charAt(this.#at))) this.#at += 1;
    if (this.#at === start) this.#assertNotAtEnd(true);
  }

  #skipComma(): void {
    if (this.#peek() === ",") this.#at += 1;
  }

  #peek(): string | undefined {
    this.#at = skipSpace(this.#source, this.#at);
    this.#assertNotAtEnd();
    return this.#source[this.#at];
  }

  #assertNotAtEnd(isStuck = false): void {
    if (isStuck || this.#at >= this.#source.length) throw new Error("The text is not valid JSON5.");
  }
}
