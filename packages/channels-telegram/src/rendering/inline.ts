import type { MarkedToken, Token } from "marked";

import { decodeReferences, escapeHtml } from "./escape.ts";

const markedTypes: ReadonlySet<string> = new Set<MarkedToken["type"]>([
  "blockquote",
  "br",
  "checkbox",
  "code",
  "codespan",
  "def",
  "del",
  "em",
  "escape",
  "heading",
  "hr",
  "html",
  "image",
  "link",
  "list",
  "list_item",
  "paragraph",
  "space",
  "strong",
  "table",
  "text",
]);

/** True for Markdown's own kinds of tokens; others come from extensions of the lexer, and it has none here. */
export function isMarked(token: Token): token is MarkedToken {
  return markedTypes.has(token.type);
}

/** The HTML tags models write into Markdown, and the Telegram tag for each. */
const styleTags: Readonly<Record<string, string>> = {
  u: "u",
  ins: "u",
  b: "b",
  strong: "b",
  i: "i",
  em: "i",
  s: "s",
  strike: "s",
  del: "s",
};

const linkable = /^(?:https?|tg|mailto|tel|ftp):/i;

/** Inline tokens as Telegram HTML. */
export function renderInline(tokens: readonly Token[]): string {
  let html = "";
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || !isMarked(token)) continue;
    const end = token.type === "html" ? closingTagIndex(tokens, index) : undefined;
    if (end === undefined) {
      html += renderToken(token);
    } else {
      const tag = styleTags[tagName(token.raw) ?? ""] ?? "u";
      html += `<${tag}>${renderInline(tokens.slice(index + 1, end))}</${tag}>`;
      index = end;
    }
  }
  return html;
}

function renderToken(token: MarkedToken): string {
  switch (token.type) {
    case "text":
      return token.tokens === undefined ? escapeHtml(decodeReferences(token.text)) : renderInline(token.tokens);
    case "escape":
      return escapeHtml(token.text);
    case "strong":
      return `<b>${renderInline(token.tokens)}</b>`;
    case "em":
      return `<i>${renderInline(token.tokens)}</i>`;
    case "del":
      return `<s>${renderInline(token.tokens)}</s>`;
    case "codespan":
      return `<code>${escapeHtml(token.text)}</code>`;
    case "br":
      return "\n";
    case "link":
      return renderLink(token.href, renderInline(token.tokens));
    case "image":
      return renderLink(token.href, escapeHtml(decodeReferences(token.text)));
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw.trim()) ? "\n" : escapeHtml(token.raw);
    default:
      return escapeHtml(token.raw);
  }
}

/** A link where Telegram takes one; otherwise the label, and the address after it unless it is the label. */
function renderLink(href: string, label: string): string {
  const address = escapeHtml(href);
  if (linkable.test(href)) return `<a href="${address}">${label === "" ? address : label}</a>`;
  return label === "" || label === address ? address : `${label} (${address})`;
}

/** Where the style tag that opens at `start` is closed again among its siblings; undefined when it is not. */
function closingTagIndex(tokens: readonly Token[], start: number): number | undefined {
  const opening = tokens[start];
  const name = opening === undefined ? undefined : tagName(opening.raw);
  if (name === undefined || styleTags[name] === undefined) return undefined;
  const index = tokens.findIndex((token, at) => at > start && token.raw.toLowerCase() === `</${name}>`);
  return index === -1 ? undefined : index;
}

function tagName(raw: string): string | undefined {
  return /^<([a-z]+)>$/i.exec(raw)?.[1]?.toLowerCase();
}

/** Inline tokens as bare text, for the cells of a table. */
export function plainInline(tokens: readonly Token[]): string {
  return tokens.map((token) => (isMarked(token) ? plainToken(token) : "")).join("");
}

function plainToken(token: MarkedToken): string {
  if (token.type === "br") return " ";
  if ("tokens" in token && token.tokens !== undefined) return plainInline(token.tokens);
  if ("text" in token) return decodeReferences(token.text);
  return token.raw;
}
