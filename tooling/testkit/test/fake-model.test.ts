import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { type FakeModel, startFakeModel } from "../src/fake-model.ts";

/** Asks the OpenAI-compatible side without a stream. */
async function ask(baseUrl: string, messages: readonly unknown[]): Promise<{ status: number; body: string }> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages }),
  });
  return { status: response.status, body: await response.text() };
}

async function answerTo(model: FakeModel, text: string): Promise<string> {
  return (await ask(model.baseUrls.openai, [{ role: "user", content: text }])).body;
}

describe("the fake model's own script", () => {
  test("echoes, whatever stands in front of the text", async () => {
    await using model = await startFakeModel();
    expect(await answerTo(model, "hello")).toContain('"content":"Echo: hello"');
    expect(model.requests[0]).toMatchObject({
      dialect: "openai-completions",
      model: "m",
      path: "/v1/chat/completions",
    });
  });

  test("does what a line of the text says", async () => {
    await using model = await startFakeModel();
    expect(await answerTo(model, "[Telegram Bob 2026-01-01] say: good night")).toContain('"content":"good night"');
    expect(await answerTo(model, 'please\ntool: weather {"city":"Oslo"}')).toContain(
      '"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"',
    );
    const error = await ask(model.baseUrls.openai, [{ role: "user", content: "error: 429 slow down" }]);
    expect(error).toMatchObject({ status: 429 });
    expect(error.body).toContain("slow down");
    const toolResult = [
      { role: "user", content: "tool: weather" },
      { role: "tool", content: "sunny" },
    ];
    expect((await ask(model.baseUrls.openai, toolResult)).body).toContain('"content":"Tool said: sunny"');
  });

  test("what a test enqueues comes first", async () => {
    await using model = await startFakeModel();
    model.enqueue({ kind: "answer", text: ["first"] });
    expect(await answerTo(model, "x")).toContain("first");
    expect(await answerTo(model, "x")).toContain("Echo: x");
  });

  test("an address that is no model API is a 404", async () => {
    await using model = await startFakeModel();
    expect((await fetch(`${model.baseUrls.openai}/models`)).status).toBe(404);
  });
});

test("the process prints its addresses as one line, answers, and ends with its standard input", async () => {
  const main = fileURLToPath(new URL("../src/fake-model/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@openclaw/source", main], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { baseUrls } = JSON.parse(line) as Pick<FakeModel, "baseUrls">;
  expect((await ask(baseUrls.openai, [{ role: "user", content: "hi" }])).body).toContain("Echo: hi");
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});
