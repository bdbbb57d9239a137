import { createServer } from "node:http";

import { expect, test } from "vitest";

import { FakeTelegram } from "../../src/fake-telegram.ts";
import { call, stringIn } from "./call.ts";

/** A webhook that answers with the given statuses in turn, the last one for ever. */
async function receiver(...statuses: number[]) {
  const received: { secret: string | string[] | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const secret = request.headers["x-telegram-bot-api-secret-token"];
      received.push({ secret, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) });
      response.writeHead(statuses.length > 1 ? (statuses.shift() ?? 200) : (statuses[0] ?? 200)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("updates are posted with the secret, and again until they are answered with 2xx", async () => {
  await using telegram = await FakeTelegram.start();
  await using hook = await receiver(500, 200);
  const user = telegram.people.addUser({ id: 7 });
  await call(telegram, "setWebhook", { url: hook.url, secret_token: "s3cret" });
  const update = telegram.people.says(user, "hi");
  await telegram.waitForConfirmed(update);
  expect(hook.received.map(({ secret }) => secret)).toEqual(["s3cret", "s3cret"]);
  expect(telegram.webhookDeliveries.map(({ status }) => status)).toEqual([500, 200]);
});

test("a webhook and getUpdates exclude each other", async () => {
  await using telegram = await FakeTelegram.start();
  await using hook = await receiver(200);
  const polled = call(telegram, "getUpdates", { timeout: 30 });
  await telegram.waitUntil("the poll to wait", () => telegram.isPolled);
  await call(telegram, "setWebhook", { url: hook.url });
  expect(await polled).toMatchObject({ status: 409, description: "Conflict: terminated by setWebhook request" });
  expect((await call(telegram, "getUpdates")).description).toMatch(
    /can't use getUpdates method while webhook is active/,
  );
  await call(telegram, "deleteWebhook", { drop_pending_updates: false });
  expect((await call(telegram, "getUpdates")).ok).toBe(true);
});

test("getWebhookInfo tells the last failure", async () => {
  await using telegram = await FakeTelegram.start();
  await using hook = await receiver(503);
  const user = telegram.people.addUser({ id: 7 });
  await call(telegram, "setWebhook", { url: hook.url });
  telegram.people.says(user, "hi");
  await telegram.waitUntil("a failed delivery", () => telegram.webhookDeliveries.length > 0);
  const { result } = await call(telegram, "getWebhookInfo");
  expect(result).toMatchObject({ url: hook.url, pending_update_count: 1 });
  expect(stringIn(result, "last_error_message")).toMatch(/503/);
});

test("deleting the webhook may drop what is pending", async () => {
  await using telegram = await FakeTelegram.start();
  const user = telegram.people.addUser({ id: 7 });
  telegram.people.says(user, "old");
  await call(telegram, "deleteWebhook", { drop_pending_updates: true });
  expect(telegram.pending).toEqual([]);
});
