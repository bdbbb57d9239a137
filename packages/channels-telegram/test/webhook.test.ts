import { createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { WebhookListeners } from "../src/webhook/listeners.ts";
import { Scene, type SceneOptions } from "./scene.ts";

const secret = "a-secret_of-the-webhook";

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function online(options: SceneOptions = {}) {
  const port = await freePort();
  const section = { webhookUrl: "https://bot.example.org/hook", webhookSecret: secret, webhookPort: port };
  const scene = await Scene.online({ ...options, section: { ...section, ...options.section } });
  const post = (body: unknown, headers: Record<string, string> = { "x-telegram-bot-api-secret-token": secret }) =>
    fetch(`http://127.0.0.1:${port}/telegram-webhook`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }).then(({ status }) => status);
  return { scene, post, port, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() };
}

const update = (id: number, text = `message ${id}`) => ({
  update_id: id,
  message: {
    message_id: id,
    date: 1_700_000_000,
    chat: { id: 7, type: "private" },
    from: { id: 7, is_bot: false, first_name: "Ada" },
    text,
  },
});

describe("F8 the webhook", () => {
  test("is set with its secret and one connection, and nothing is polled", async () => {
    await using hook = await online();
    expect(hook.scene.telegram.calls.map(({ method }) => method)).toEqual(["getMe", "setWebhook"]);
    expect(hook.scene.telegram.calls[1]?.parameters).toMatchObject({
      url: "https://bot.example.org/hook",
      secret_token: secret,
      max_connections: 1,
    });
  });

  test("is answered 200 only once the update is recorded, and 503 when it can not be", async () => {
    await using hook = await online();
    const { host } = hook.scene;
    const release = host.holdAccepts();
    let status: number | undefined;
    const posting = hook.post(update(1)).then((answer) => (status = answer));
    await host.waitUntil("accept to be called", () => host.batches.length > 0);
    expect(status).toBeUndefined();
    release();
    expect(await posting).toBe(200);
    host.refuseAccepts(1);
    expect(await hook.post(update(2))).toBe(503);
    expect(await hook.post(update(2))).toBe(200);
    expect(await hook.post(update(2))).toBe(200);
    expect(hook.scene.texts()).toEqual(["message 1", "message 2"]);
  });

  test("S refuses who does not know the secret, and reads no more than an update", async () => {
    await using hook = await online();
    expect(await hook.post(update(1), {})).toBe(401);
    expect(await hook.post(update(1), { "x-telegram-bot-api-secret-token": `${secret}x` })).toBe(401);
    expect(await hook.post("no json")).toBe(400);
    expect(await hook.post({})).toBe(400);
    expect(await hook.post("x".repeat(1_100_000))).toBe(413);
    const at = (path: string) => fetch(`http://127.0.0.1:${hook.port}${path}`).then(({ status }) => status);
    expect(await at("/")).toBe(404);
    expect(await at("/telegram-webhook")).toBe(405);
    expect(hook.scene.host.batches).toEqual([]);
    expect(hook.scene.host.transcript()).not.toContain(secret);
  });

  test("is set again until Telegram takes it", async () => {
    const port = await freePort();
    await using scene = await Scene.open({
      section: { webhookUrl: "https://bot.example.org/hook", webhookSecret: secret, webhookPort: port },
    });
    scene.telegram.failNext("setWebhook", { kind: "html", status: 502 }, { kind: "drop", when: "before" });
    await scene.start();
    await scene.host.waitForState("online");
    expect(scene.telegram.calls.filter(({ method }) => method === "setWebhook")).toHaveLength(3);
  });

  test("two accounts share a port under paths of their own; a stopped one leaves it", async () => {
    const listeners = new WebhookListeners();
    const answer = async (status: number) => {
      return async (_request: unknown, response: { writeHead(code: number): { end(): void } }) =>
        response.writeHead(status).end();
    };
    const port = await freePort();
    const place = { host: "127.0.0.1", port };
    const one = await listeners.mount({ ...place, path: "/one" }, await answer(201));
    const two = await listeners.mount({ ...place, path: "/two" }, await answer(202));
    await expect(listeners.mount({ ...place, path: "/two" }, await answer(203))).rejects.toThrow("/two");
    const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
    expect([await at("/one"), await at("/two?x=1"), await at("/three")]).toEqual([201, 202, 404]);
    await one[Symbol.asyncDispose]();
    expect([await at("/one"), await at("/two")]).toEqual([404, 202]);
    await two[Symbol.asyncDispose]();
    await expect(at("/two")).rejects.toThrow();
  });
});
