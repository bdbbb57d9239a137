import type { Parser } from "htmlparser2";

/** What a page says, without how it looks. */
export interface ReadablePage {
  readonly title: string | undefined;
  readonly text: string;
}

export type ExtractMode = "markdown" | "text";

export interface PageSource {
  readonly html: string;
  /** Links are made absolute against it. */
  readonly url: string;
  readonly mode: ExtractMode;
}

/** Elements of which nothing is for reading. */
const SKIPPED = new Set(
  "script style noscript template svg math iframe object embed canvas video audio form button select nav aside footer dialog".split(
    " ",
  ),
);
const BLOCKS = new Set(
  "p div section article main header figure figcaption table ul ol dl dt dd blockquote address details summary hr tr".split(
    " ",
  ),
);
/** A part that is marked as the page's own and at least this long stands for the whole page. */
const MAIN_PARTS = new Set(["main", "article"]);
const MAIN_MINIMUM = 200;
const MAX_DEPTH = 512;
const END_LENGTH = 40;

/**
 * Reduces HTML to Markdown or plain text: headings, paragraphs, lists, links, code and tables stay; navigation, forms,
 * scripts and styles go. Where the page marks its main part, only that is kept.
 */
export async function readablePage(source: PageSource): Promise<ReadablePage> {
  const { Parser } = await import("htmlparser2");
  const writer = new PageWriter(source);
  const parser: Parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: (name) => writer.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(source.html);
  return writer.finish();
}

class PageWriter {
  readonly #baseUrl: string;
  readonly #isMarkdown: boolean;
  #page = "";
  /** The last characters of it: reading them off a text that still grows costs more each time. */
  #end = "";
  #main = "";
  #title = "";
  #isTitle = false;
  #skipped: string[] = [];
  #mainDepth = 0;
  #preDepth = 0;
  #lists: { ordered: boolean; items: number }[] = [];
  #links: string[] = [];

  constructor({ url, mode }: PageSource) {
    this.#baseUrl = url;
    this.#isMarkdown = mode === "markdown";
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (
      this.#skipped.length > 0 ||
      SKIPPED.has(name) ||
      attributes["hidden"] !== undefined ||
      attributes["aria-hidden"] === "true"
    ) {
      if (!VOID.has(name) && this.#skipped.length < MAX_DEPTH) this.#skipped.push(name);
      return;
    }
    if (name === "title") this.#isTitle = this.#title === "";
    if (MAIN_PARTS.has(name)) this.#mainDepth += 1;
    if (BLOCKS.has(name)) this.#newBlock();
    if (/^h[1-6]$/u.test(name)) {
      this.#newBlock();
      this.#mark(`${"#".repeat(Number(name[1]))} `);
    } else if (name === "br") this.#write("\n");
    else if (name === "pre") this.#openPre();
    else if (name === "ul" || name === "ol") this.#lists.push({ ordered: name === "ol", items: 0 });
    else if (name === "li") this.#item();
    else if (name === "a") this.#openLink(attributes["href"]);
    else if (name === "img") this.#image(attributes["alt"]);
    else this.#mark(INLINE_MARKS.get(name) ?? "");
  }

  text(text: string): void {
    if (this.#isTitle) this.#title += text;
    else if (this.#skipped.length === 0) this.#write(this.#preDepth > 0 ? text : this.#flowing(text));
  }

  close(name: string): void {
    if (this.#skipped.length > 0) {
      const index = this.#skipped.lastIndexOf(name);
      if (index !== -1) this.#skipped.length = index;
      return;
    }
    if (name === "title") this.#isTitle = false;
    else if (name === "pre") this.#closePre();
    else if (name === "ul" || name === "ol") this.#lists.pop();
    else if (name === "a") this.#closeLink();
    else if (name === "td" || name === "th") this.#write(" | ");
    else this.#mark(INLINE_MARKS.get(name) ?? "");
    if (BLOCKS.has(name) || /^h[1-6]$/u.test(name)) this.#newBlock();
    if (MAIN_PARTS.has(name)) this.#mainDepth = Math.max(0, this.#mainDepth - 1);
  }

  finish(): ReadablePage {
    const main = tidy(this.#main);
    const title = this.#title.replace(/\s+/gu, " ").trim();
    return { title: title === "" ? undefined : title, text: main.length >= MAIN_MINIMUM ? main : tidy(this.#page) };
  }

  #openPre(): void {
    this.#newBlock();
    this.#preDepth += 1;
    if (this.#preDepth === 1) this.#mark("```\n");
  }

  #closePre(): void {
    if (this.#preDepth === 1) this.#mark("\n```");
    this.#preDepth = Math.max(0, this.#preDepth - 1);
    this.#newBlock();
  }

  #item(): void {
    const list = this.#lists.at(-1);
    if (list !== undefined) list.items += 1;
    const depth = Math.min(Math.max(this.#lists.length - 1, 0), 8);
    const lineBreak = this.#end.endsWith("\n") ? "" : "\n";
    this.#write(`${lineBreak}${"  ".repeat(depth)}${list?.ordered === true ? `${list.items}.` : "-"} `);
  }

  #openLink(href: string | undefined): void {
    const url = href === undefined ? null : URL.parse(href, this.#baseUrl);
    const isUseful = this.#isMarkdown && (url?.protocol === "http:" || url?.protocol === "https:");
    this.#links.push(isUseful ? url.href : "");
    if (isUseful) this.#write("[");
  }

  #closeLink(): void {
    const target = this.#links.pop();
    if (target !== undefined && target !== "") this.#write(`](${target})`);
  }

  #image(alt: string | undefined): void {
    if (alt !== undefined && alt.trim() !== "") this.#write(`[${alt.trim()}]`);
  }

  /** White space is one space, and none at the beginning of a line. */
  #flowing(text: string): string {
    const flowing = text.replace(/\s+/gu, " ");
    return this.#end.endsWith("\n") ? flowing.trimStart() : flowing;
  }

  /** Something that is there for Markdown only. */
  #mark(text: string): void {
    if (this.#isMarkdown && (this.#preDepth === 0 || text.startsWith("```") || text.endsWith("```"))) this.#write(text);
  }

  /** Lines in a list stand close together. */
  #newBlock(): void {
    if (this.#preDepth > 0) return;
    if (this.#lists.length === 0) this.#write("\n\n");
    else if (!this.#end.endsWith("\n") && !/\n *(?:-|\d+\.) $/u.test(this.#end)) this.#write("\n");
  }

  #write(text: string): void {
    this.#page += text;
    this.#end = (this.#end + text.slice(-END_LENGTH)).slice(-END_LENGTH);
    if (this.#mainDepth > 0) this.#main += text;
  }
}

const INLINE_MARKS = new Map([
  ["strong", "**"],
  ["b", "**"],
  ["em", "_"],
  ["i", "_"],
  ["code", "`"],
]);
const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/** Takes out what is left of empty elements: links without words, spaces at the ends of lines, blank lines in a row. */
function tidy(text: string): string {
  return text
    .replace(/\[\s*\]\([^()\s]*\)/gu, "")
    .replace(/[ \t\u{A0}]+\n/gu, "\n")
    .replace(/(?:\s\|)+\s*$/gmu, "")
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
}
