import { defineHandler } from "./define.ts";
import { outboxRowToWire } from "./outbox.list.ts";

export const outboxRetry = defineHandler("outbox.retry", async ({ id }, { outbox }) => ({
  row: outboxRowToWire(await outbox.retry(id)),
}));
