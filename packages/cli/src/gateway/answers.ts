import type { ResultOf } from "@openclaw/protocol";

import type { GatewayConnection } from "./connection.ts";

const LOG_LINES = 50;

/** What the gateway said. */
export interface Answers {
  readonly status: ResultOf<"status">;
  readonly health: ResultOf<"health">;
  readonly channels: ResultOf<"channels.status">;
  readonly presence?: ResultOf<"system-presence">;
  readonly log?: ResultOf<"logs.tail">;
}

/** Asks for all that an overview shows, at once. */
export async function askAll(
  connection: GatewayConnection,
  { deep, all, timeout }: { readonly deep: boolean; readonly all: boolean; readonly timeout: number },
): Promise<Answers> {
  const [status, health, channels, presence, log] = await Promise.all([
    connection.call("status", {}),
    connection.call("health", deep ? { probe: true } : {}),
    connection.call("channels.status", { probe: deep, timeoutMs: timeout }),
    all ? connection.call("system-presence", {}) : undefined,
    all ? connection.call("logs.tail", { limit: LOG_LINES }) : undefined,
  ]);
  return { status, health, channels, ...(presence && { presence }), ...(log && { log }) };
}
