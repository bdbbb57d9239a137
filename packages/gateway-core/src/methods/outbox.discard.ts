import { defineHandler } from "./define.ts";
import { outboxRowToWire } from "./outbox.list.ts";

export const outboxDiscard = defineHandler("outbox.discard", async ({ id }, { outbox }) => ({
  row: outboxRowToWire(await outbox.discard(id)),
}));
