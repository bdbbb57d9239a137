import { formatText, maxTextLength } from "@openclaw/testkit/fake-telegram";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { maxMessageLength, renderHtml } from "../src/format.ts";
import { visibleText } from "../src/rendering/escape.ts";

describe("Markdown becomes Telegram HTML", () => {
  test.each([
    ["plain text", "hello\nworld", "hello\nworld"],
    ["bold and italic", "**b** *i* ***x***", "<b>b</b> <i>i</i> <i><b>x</b></i>"],
    ["strikethrough", "~~gone~~", "<s>gone</s>"],
    ["inline code keeps what is in it", "`a < b && c`", "<code>a &lt; b &amp;&amp; c</code>"],
    [
      "code with a language",
      "```ts\nconst a = 1 < 2;\n```",
      '<pre><code class="language-ts">const a = 1 &lt; 2;</code></pre>',
    ],
    ["code without one", "```\nx\n```", "<pre>x</pre>"],
    ["a language that is no word", '```"><b>\nx\n```', "<pre>x</pre>"],
    ["indented code", "    x = 1", "<pre>x = 1</pre>"],
    ["a link", "[label](https://example.com/?a=1&b=2)", '<a href="https://example.com/?a=1&amp;b=2">label</a>'],
    ["a quote in an address", '[x](https://e.com/"q")', '<a href="https://e.com/&quot;q&quot;">x</a>'],
    ["a bare link", "see https://e.com.", 'see <a href="https://e.com">https://e.com</a>.'],
    ["a link that is none", "[x](javascript:alert(1))", "x (javascript:alert(1))"],
    ["an image", "![a cat](https://e.com/cat.png)", '<a href="https://e.com/cat.png">a cat</a>'],
    ["a heading", "# One\n\ntext", "<b>One</b>\n\ntext"],
    ["a list", "- a\n- **b**\n  - c", "• a\n• <b>b</b>\n  • c"],
    ["a numbered list", "3. a\n4. b", "3. a\n4. b"],
    ["a task list", "- [x] done\n- [ ] open", "☑ done\n☐ open"],
    ["text right before a list", "Items:\n- a", "Items:\n• a"],
    ["a quote, and one in it", "> a\n>\n> > b", "<blockquote>a\n\nb</blockquote>"],
    ["a rule", "a\n\n---\n\nb", "a\n\n———\n\nb"],
    ["a table", "| a | b |\n|---|---|\n| 11111 | 2 |", "<pre>a     | b\n----- | -\n11111 | 2</pre>"],
    ["styles in a table", "| a |\n|---|\n| **x** `y` |", "<pre>a\n---\nx y</pre>"],
    ["other HTML is shown", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["HTML styles models write", "<u>x</u> <b>y</b> 1<br>2", "<u>x</u> <b>y</b> 1\n2"],
    ["an HTML style that is not closed", "<u>x", "&lt;u&gt;x"],
    ["character references", "a &amp; b &lt; &#65; &unknown;", "a &amp; b &lt; A &amp;unknown;"],
    ["escapes", "\\*not bold\\* 5 > 3", "*not bold* 5 &gt; 3"],
    ["a line break", "a  \nb", "a\nb"],
    ["snake_case", "a_b_c and 2*3*4", "a_b_c and 2<i>3</i>4"],
  ])("%s", (_name, markdown, html) => {
    expect(renderHtml(markdown)).toBe(html);
  });
});

describe("text is better sent as it is when", () => {
  test.each([
    ["nothing would be shown", "[]()"],
    ["only a definition is left", "[a]: https://example.com"],
    ["lazy numbers would grow over the limit", Array.from({ length: 790 }, () => "1. x").join("\n")],
    ["nesting is absurdly deep", "> ".repeat(2_000)],
  ])("%s", (_name, markdown) => {
    expect(renderHtml(markdown)).toBeUndefined();
  });
});

test("a wide table stays within its Markdown's length", () => {
  const rows = Array.from({ length: 30 }, (_unused, index) => `| ${index} | x |`);
  const markdown = ["| a | b |", "|---|---|", `| ${"w".repeat(2_000)} | x |`, ...rows].join("\n");
  const html = renderHtml(markdown);
  expect(html).toBeDefined();
  expect(visibleText(html ?? "").length).toBeLessThanOrEqual(markdown.length);
});

/** Pieces of Markdown and HTML that like to go wrong together. */
const piece = fc.oneof(
  fc.constantFrom(
    "**",
    "*",
    "_",
    "__",
    "~~",
    "`",
    "```",
    "```ts\n",
    "\n```\n",
    "> ",
    "# ",
    "- ",
    "1. ",
    "  - ",
    "- [ ] ",
    "| a | b |\n|---|---|\n",
    "|",
    "\n",
    "\n\n",
    "[",
    "](",
    ")",
    "](https://e.com)",
    "![",
    "<",
    ">",
    "&",
    "&amp;",
    "&#x41;",
    "<b>",
    "</b>",
    "<u>",
    "</u>",
    "<br>",
    "<div>",
    "<!--",
    "-->",
    "\\",
    '"',
    "'",
    "---\n",
    "https://e.com/?a=1&b=<x>",
    "<https://e.com>",
    "[a]: x\n",
    " ",
    "    ",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);
const markdown = fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join("").slice(0, 4_000));

test("whatever the Markdown is, Telegram can read the result and it fits one message", () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const html = renderHtml(text);
      if (html === undefined) return;
      const sent = formatText(html, "HTML");
      expect(sent.text).not.toBe("");
      expect(sent.text.length).toBeLessThanOrEqual(maxTextLength);
      expect(sent.text).toBe(visibleText(html).trim());
    }),
    { numRuns: 1_000 },
  );
});

test("plain words are shown unchanged", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,10}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
      expect(renderHtml(`w ${words.join(" ")}`)).toBe(`w ${words.join(" ")}`);
    }),
  );
});

test("the limit is the platform's", () => {
  expect(maxMessageLength).toBe(maxTextLength);
});
