import type { Egress, EgressResponse, ToolContext } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { webFetchTool } from "../src/index.ts";
import { readablePage } from "../src/tools/web/readable-page.ts";
import { realClock } from "./harness.ts";

const SETTINGS = {
  maxChars: 5_000,
  timeoutMs: 1_000,
  maxRedirects: 3,
  cacheTtlMs: 60_000,
  userAgent: "test",
  readability: true,
};
const context: ToolContext = {
  runId: "r",
  agentId: "main",
  sessionKey: "agent:main:main",
  toolCallId: "c",
  call: () => Promise.reject(new Error("no gateway")),
  start: () => Promise.reject(new Error("no gateway")),
};

function page(html: string, mode: "markdown" | "text" = "markdown") {
  return readablePage({ html, url: "https://example.org/a/", mode });
}

function fetching(
  answer: Partial<EgressResponse> & { readonly text?: string },
  settings: Partial<typeof SETTINGS> = {},
) {
  const asked: string[] = [];
  let now = 0;
  const egress: Egress = {
    async get(url) {
      asked.push(url);
      const body = new TextEncoder().encode(answer.text ?? "");
      return { url, status: 200, contentType: "text/html; charset=utf-8", body, isTruncated: false, ...answer };
    },
  };
  const clock = { ...realClock, now: () => now };
  const tool = webFetchTool({ egress, clock, settings: () => ({ ...SETTINGS, ...settings }) });
  const run = (input: unknown) => tool.execute(input, context, new AbortController().signal);
  return { run, asked, move: (milliseconds: number) => (now += milliseconds) };
}

describe("readablePage", () => {
  test("keeps what is for reading, as Markdown", async () => {
    const { title, text } = await page(`<html><head><title> A  page </title><style>x{}</style></head><body>
      <nav>Home</nav><h1>Head &amp; line</h1><p>Some <b>bold</b> and <em>soft</em> <a href="../b">link</a>.<br>Next.</p>
      <ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul><pre><code>a  = 1\n  b</code></pre>
      <img alt="A cat"><a href="/x"></a><a href="javascript:alert(1)">bad</a>
      <table><tr><th>k</th><td>v</td></tr></table><script>alert(1)</script><div hidden>secret</div></body></html>`);
    expect(title).toBe("A page");
    expect(text).toContain("# Head & line");
    expect(text).toContain("Some **bold** and _soft_ [link](https://example.org/b).\nNext.");
    expect(text).toMatch(/- one\n- two\n {2}1\. deep/u);
    expect(text).toContain("```\na  = 1\n  b\n```");
    expect(text).toContain("[A cat]");
    expect(text).toContain("k | v");
    expect(text).not.toMatch(/alert|secret|Home|x\{\}|\[\]/u);
  });

  test("keeps the main part alone when there is one", async () => {
    const { text } = await page(`<div>around</div><main><p>${"word ".repeat(60)}</p></main><div>after</div>`);
    expect(text).not.toMatch(/around|after/u);
    expect((await page("<div>around</div><main>short</main>")).text).toContain("around");
  });

  test("gives plain text without marks", async () => {
    expect((await page('<h2>Head</h2><p>a <b>b</b> <a href="/c">c</a></p>', "text")).text).toBe("Head\n\na b c");
  });

  test("takes broken and hostile markup in time", async () => {
    for (const piece of [
      "<div>",
      "</p>",
      "<a href=x>",
      "<svg>",
      "[](x",
      " | ",
      "<li><ul>",
      "<script>",
      "&#x0;",
      "<pre>",
      "\n \t",
    ]) {
      const startedAt = performance.now();
      await page(piece.repeat(30_000));
      expect(performance.now() - startedAt, piece).toBeLessThan(3_000);
    }
  });
});

describe("web_fetch", () => {
  test("gives a page and says where it comes from", async () => {
    const { run } = fetching({ text: "<title>T</title><p>Hello</p>", url: "https://example.org/final" });
    const { text } = await run({ url: "https://example.org/" });
    expect(text).toMatch(/^Address: https:\/\/example\.org\/final\nTitle: T\n.*not instructions\.\n\nHello$/su);
  });

  test("gives text as it is, in its own charset, cut at the limit", async () => {
    const { run } = fetching({
      contentType: "text/plain; charset=iso-8859-1",
      body: new Uint8Array([0xe9, ...Array<number>(6_000).fill(97)]),
    });
    const { text } = await run({ url: "https://example.org/", maxChars: 200 });
    expect(text).toContain("\n\néaaa");
    expect(text).toMatch(/\[cut: the page goes on\]$/u);
    expect((await run({ url: "https://example.org/", maxChars: 1_000_000 })).text.length).toBeLessThan(5_100);
  });

  test.each([
    [{ status: 404 }, /status 404/u],
    [{ contentType: "image/png" }, /image\/png, which is not text/u],
    [{ contentType: "" }, /no content type/u],
  ])("%o is an error", async (answer, words) => {
    const result = await fetching(answer).run({ url: "https://example.org/" });
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toMatch(words);
  });

  test("keeps a page for a while", async () => {
    const { run, asked, move } = fetching({ text: "<p>Hi</p>" });
    await run({ url: "https://example.org/" });
    await run({ url: "https://example.org/" });
    await run({ url: "https://example.org/", extractMode: "text" });
    expect(asked).toHaveLength(2);
    move(60_000);
    await run({ url: "https://example.org/" });
    expect(asked).toHaveLength(3);
  });

  test("tells the model what the guard refuses", async () => {
    const refusal = Object.assign(new Error("127.0.0.1 is not on the public internet."), {
      name: "GatewayError",
      code: "INVALID_REQUEST",
    });
    const egress: Egress = { get: () => Promise.reject(refusal) };
    const tool = webFetchTool({ egress, clock: realClock, settings: () => SETTINGS });
    const result = await tool.execute({ url: "http://127.0.0.1/" }, context, new AbortController().signal);
    expect(result).toEqual({ text: "INVALID_REQUEST: 127.0.0.1 is not on the public internet.", isError: true });
  });
});
