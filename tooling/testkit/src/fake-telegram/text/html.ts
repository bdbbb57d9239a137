import { badRequest, type BotApiError } from "../errors.ts";
import type { MessageEntity } from "../types.ts";

const entityTypes: Readonly<Record<string, string>> = {
  a: "text_link",
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  u: "underline",
  ins: "underline",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  span: "spoiler",
  "tg-spoiler": "spoiler",
  "tg-emoji": "custom_emoji",
};

const namedCharacters: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const characterReference = /&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-z]+));?/y;

interface OpenTag {
  readonly name: string;
  readonly start: number;
  /** Its place among all tags, in the order of opening. */
  readonly index: number;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface ParsedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

/**
 * Reads Telegram HTML. Throws the server's "can't parse entities" errors, whose offsets count UTF-8 bytes of the
 * input. https://core.telegram.org/bots/api#html-style
 */
export function parseHtml(html: string): ParsedText {
  return new HtmlReader(html).read();
}

class HtmlReader {
  readonly #html: string;
  readonly #open: OpenTag[] = [];
  /** One slot per tag in the order of opening, which is the order of the answer; empty tags leave theirs free. */
  readonly #entities: (MessageEntity | undefined)[] = [];
  #position = 0;
  #text = "";

  constructor(html: string) {
    this.#html = html;
  }

  read(): ParsedText {
    while (this.#position < this.#html.length) {
      if (this.#html[this.#position] === "<") this.#readTag();
      else this.#text += this.#readCharacter();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) {
      throw badRequest(`can't parse entities: Can't find end tag corresponding to start tag "${unclosed.name}"`);
    }
    return { text: this.#text, entities: withoutNestedCode(this.#entities.filter((entity) => entity !== undefined)) };
  }

  /** One character of text or of an attribute value, character references decoded. */
  #readCharacter(): string {
    const character = this.#html.charAt(this.#position);
    if (character === "&") {
      characterReference.lastIndex = this.#position;
      const match = characterReference.exec(this.#html);
      const decoded = match === null ? undefined : decodeReference(match);
      if (decoded !== undefined) {
        this.#position = characterReference.lastIndex;
        return decoded;
      }
    }
    this.#position += 1;
    return character;
  }

  #readTag(): void {
    const start = this.#position;
    this.#position += 1;
    if (this.#html[this.#position] === "/") this.#readEndTag(start);
    else this.#readStartTag(start);
  }

  #readStartTag(start: number): void {
    const name = this.#readUntil(/[\s>]/).toLowerCase();
    if (this.#position >= this.#html.length) throw this.#problem("Unclosed start tag", start);
    if (entityTypes[name] === undefined) throw this.#problem(`Unsupported start tag "${name}"`, start);
    const attributes = new Map<string, string>();
    this.#skipSpace();
    while (this.#html[this.#position] !== ">") {
      this.#readAttribute(name, start, attributes);
      this.#skipSpace();
    }
    this.#position += 1;
    if (name === "span" && attributes.get("class") !== "tg-spoiler") {
      throw this.#problem('Tag "span" must have class "tg-spoiler"', start);
    }
    this.#open.push({ name, start: this.#text.length, index: this.#entities.push(undefined) - 1, attributes });
  }

  #readAttribute(tag: string, tagStart: number, attributes: Map<string, string>): void {
    const start = this.#position;
    const name = this.#readUntil(/[\s=>]/).toLowerCase();
    if (this.#position >= this.#html.length) throw this.#problem(`Unclosed start tag "${tag}"`, tagStart);
    if (name === "") throw this.#problem(`Empty attribute name in the tag "${tag}"`, start);
    this.#skipSpace();
    if (this.#html[this.#position] !== "=") {
      throw this.#problem(`Expected equal sign in declaration of an attribute of the tag "${tag}"`, start);
    }
    this.#position += 1;
    this.#skipSpace();
    attributes.set(name, this.#readAttributeValue(tag, tagStart));
  }

  #readAttributeValue(tag: string, tagStart: number): string {
    const quote = this.#html[this.#position];
    if (quote !== '"' && quote !== "'") {
      const value = this.#readUntil(/[^a-zA-Z0-9.-]/);
      const next = this.#html[this.#position];
      if (next === undefined) throw this.#problem(`Unclosed start tag "${tag}"`, tagStart);
      if (!/[\s>]/.test(next)) throw this.#problem("Unexpected end of name token", this.#position);
      return value.toLowerCase();
    }
    this.#position += 1;
    let value = "";
    while (this.#position < this.#html.length && this.#html[this.#position] !== quote) value += this.#readCharacter();
    this.#position += 1;
    if (this.#position >= this.#html.length) throw this.#problem(`Unclosed start tag "${tag}"`, tagStart);
    return value;
  }

  #readEndTag(start: number): void {
    const tag = this.#open.pop();
    if (tag === undefined) throw this.#problem("Unexpected end tag", start);
    this.#position += 1;
    const name = this.#readUntil(/[\s>]/).toLowerCase();
    this.#skipSpace();
    if (this.#html[this.#position] !== ">") throw this.#problem("Unclosed end tag", start);
    this.#position += 1;
    if (name !== "" && name !== tag.name) {
      const description = `Unmatched end tag at byte offset ${this.#byteOffset(start)}, expected "</${tag.name}>", found "</${name}>"`;
      throw badRequest(`can't parse entities: ${description}`);
    }
    const length = this.#text.length - tag.start;
    const entity = entityOf(tag, this.#text.slice(tag.start));
    if (length > 0 && entity !== undefined) this.#entities[tag.index] = { ...entity, offset: tag.start, length };
  }

  #readUntil(end: RegExp): string {
    const rest = this.#html.slice(this.#position);
    const length = rest.search(end);
    const found = length === -1 ? rest : rest.slice(0, length);
    this.#position += found.length;
    return found;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#html.charAt(this.#position))) this.#position += 1;
  }

  #byteOffset(position: number): number {
    return Buffer.byteLength(this.#html.slice(0, position));
  }

  #problem(what: string, position: number): BotApiError {
    return badRequest(`can't parse entities: ${what} at byte offset ${this.#byteOffset(position)}`);
  }
}

function decodeReference([, decimal, hexadecimal, name]: RegExpExecArray): string | undefined {
  if (name !== undefined) return namedCharacters[name];
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number.parseInt(decimal, 10);
  return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** The entity of a closed tag; undefined for a link that leads nowhere, which the server drops. */
function entityOf(tag: OpenTag, content: string): Pick<MessageEntity, "type" | "url" | "language"> | undefined {
  const type = entityTypes[tag.name] ?? tag.name;
  if (tag.name === "a") {
    const url = tag.attributes.get("href") ?? content;
    return /^(?:https?|tg|ftp|mailto|tel|ton|tonsite):/i.test(url) || /^[\w-]+\.\w/.test(url)
      ? { type, url }
      : undefined;
  }
  const language = /^language-(.+)$/.exec(tag.attributes.get("class") ?? "")?.[1];
  return language === undefined ? { type } : { type, language };
}

/** Code holds no other entity: `<pre><code class="language-x">` is one `pre`, and styles inside code are dropped. */
function withoutNestedCode(sorted: readonly MessageEntity[]): MessageEntity[] {
  const kept: MessageEntity[] = [];
  for (const entity of sorted) {
    const parent = kept.findLast((earlier) => isCode(earlier) && entity.offset + entity.length <= end(earlier));
    if (parent === undefined) kept.push(entity);
    else if (parent.type === "pre" && entity.language !== undefined && entity.length === parent.length) {
      kept[kept.indexOf(parent)] = { ...parent, language: entity.language };
    }
  }
  return kept;
}

function isCode(entity: MessageEntity): boolean {
  return entity.type === "code" || entity.type === "pre";
}

function end(entity: MessageEntity): number {
  return entity.offset + entity.length;
}
