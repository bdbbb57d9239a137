import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";

import { escapeHtml, visibleLength, visibleText } from "./rendering/escape.ts";
import { isMarked, renderInline } from "./rendering/inline.ts";
import { renderTable } from "./rendering/table.ts";

/** What one message holds, in UTF-16 code units after entities are parsed. https://core.telegram.org/bots/api#sendmessage */
export const maxMessageLength = 4_096;

/**
 * Markdown as Telegram HTML: bold, italic, underline, strikethrough, code, links and quotes; headings are bold, lists
 * get bullets, tables become preformatted text, anything else is shown as it was written. Undefined when the result
 * would show nothing or exceed the limit; then the text is better sent as it is.
 */
export function renderHtml(markdown: string, limit = maxMessageLength): string | undefined {
  let html: string;
  try {
    html = renderBlocks(new Lexer({ gfm: true }).lex(markdown), 0).trim();
  } catch (error) {
    // Absurdly deep nesting exhausts the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  if (visibleText(html).trim() === "" || visibleLength(html) > limit) return undefined;
  return html;
}

/** Blocks keep the distance they have in the source: a blank line where there is one, else a new line. */
function renderBlocks(tokens: readonly Token[], quoteDepth: number): string {
  let html = "";
  let separator = "";
  for (const token of tokens) {
    if (!isMarked(token)) continue;
    const block = renderBlock(token, quoteDepth);
    if (block !== "") {
      html += html === "" ? block : `${separator}${block}`;
      separator = "\n";
    }
    if (token.type === "space" || /\n[ \t]*\n\s*$/.test(token.raw)) separator = "\n\n";
  }
  return html;
}

function renderBlock(token: MarkedToken, quoteDepth: number): string {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return "";
    case "heading":
      return `<b>${renderInline(token.tokens)}</b>`;
    case "paragraph":
      return renderInline(token.tokens);
    case "text":
      return renderInline([token]);
    case "code":
      return renderCode(token);
    case "blockquote": {
      // Quotes do not nest on Telegram.
      const content = renderBlocks(token.tokens, quoteDepth + 1);
      return quoteDepth > 0 || content === "" ? content : `<blockquote>${content}</blockquote>`;
    }
    case "list":
      return renderList(token, quoteDepth);
    case "table":
      return renderTable(token);
    case "hr":
      return "———";
    case "html":
      return escapeHtml(token.raw.trim());
    default:
      return renderInline([token]);
  }
}

function renderCode({ text, lang }: Tokens.Code): string {
  const language = /^[\w+#.-]{1,30}/.exec(lang ?? "")?.[0];
  const code = escapeHtml(text);
  return language === undefined ? `<pre>${code}</pre>` : `<pre><code class="language-${language}">${code}</code></pre>`;
}

function renderList(list: Tokens.List, quoteDepth: number): string {
  const first = typeof list.start === "number" ? list.start : 1;
  return list.items
    .map((item, index) => `${markerOf(item, list.ordered ? first + index : undefined)}${renderItem(item, quoteDepth)}`)
    .join("\n");
}

function markerOf(item: Tokens.ListItem, number: number | undefined): string {
  if (item.task) return item.checked === true ? "☑ " : "☐ ";
  return number === undefined ? "• " : `${number}. `;
}

/** The first block stands beside the marker; lists below it are indented. */
function renderItem(item: Tokens.ListItem, quoteDepth: number): string {
  const parts = item.tokens.flatMap((token) => {
    if (!isMarked(token)) return [];
    const block = renderBlock(token, quoteDepth);
    if (block === "") return [];
    return [token.type === "list" ? block.replaceAll(/^/gm, "  ") : block];
  });
  return parts.join("\n").trimStart();
}
