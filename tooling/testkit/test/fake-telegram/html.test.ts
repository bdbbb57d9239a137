import { describe, expect, test } from "vitest";

import { formatText, parseHtml } from "../../src/fake-telegram.ts";

describe("accepted", () => {
  test.each([
    ["plain", "a < b".replace("<", "&lt;"), "a < b", []],
    ["bold", "x <b>y</b>", "x y", [{ type: "bold", offset: 2, length: 1 }]],
    [
      "nested",
      "<b><i>y</i></b>",
      "y",
      [
        { type: "bold", offset: 0, length: 1 },
        { type: "italic", offset: 0, length: 1 },
      ],
    ],
    ["offsets in UTF-16", "😀<u>y</u>", "😀y", [{ type: "underline", offset: 2, length: 1 }]],
    [
      "link",
      '<a href="https://example.com/?a=1&amp;b=2">y</a>',
      "y",
      [{ type: "text_link", url: "https://example.com/?a=1&b=2", offset: 0, length: 1 }],
    ],
    ["link that leads nowhere", '<a href="javascript:x">y</a>', "y", []],
    [
      "code language",
      '<pre><code class="language-ts">y</code></pre>',
      "y",
      [{ type: "pre", language: "ts", offset: 0, length: 1 }],
    ],
    ["nothing inside code", "<code>a<b>b</b></code>", "ab", [{ type: "code", offset: 0, length: 2 }]],
    ["numeric and unknown references", "&#65;&#x42;&nbsp;&", "AB&nbsp;&", []],
    ["empty entity", "<b></b>x", "x", []],
  ])("%s", (_name, html, text, entities) => {
    expect(parseHtml(html)).toEqual({ text, entities });
  });
});

describe("refused in the server's words", () => {
  test.each([
    ["<foo>x</foo>", 'Unsupported start tag "foo" at byte offset 0'],
    ["é<foo>", 'Unsupported start tag "foo" at byte offset 2'],
    ["a <b", "Unclosed start tag at byte offset 2"],
    ["<b>x", 'Can\'t find end tag corresponding to start tag "b"'],
    ["x</b>", "Unexpected end tag at byte offset 1"],
    ["<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ["<b>x</b", "Unclosed end tag at byte offset 4"],
    ["<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 3'],
    ['<a href="x', 'Unclosed start tag "a" at byte offset 0'],
    ['<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 3'],
    ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ["1 < 2", 'Unsupported start tag "" at byte offset 2'],
  ])("%s", (html, problem) => {
    expect(() => parseHtml(html)).toThrow(`Bad Request: can't parse entities: ${problem}`);
  });
});

test("white space around the text is cut, entities with it", () => {
  expect(formatText("  <b> x </b>\n", "HTML")).toEqual({
    text: "x",
    entities: [{ type: "bold", offset: 0, length: 1 }],
  });
});
