import { join } from "node:path";

import { createAgentRuntime } from "@openclaw/agent-runtime";
import { createMemoryChannel, MemoryPlatform } from "@openclaw/channels-contract/memory";
import {
  createGateway,
  createLogger,
  type Gateway,
  SqliteStore,
  type Store,
  systemClock,
} from "@openclaw/gateway-core";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";

import type { GatewaySettings } from "../start.ts";

const TOKEN = "bench-token-bench-token-bench-token";

/** What gateways under test stand on: their files, their log and the platform where people write. */
export interface Core extends AsyncDisposable {
  readonly directory: string;
  readonly databaseFile: string;
  /** That of the gateway that is open. */
  readonly store: () => Store;
  readonly platform: MemoryPlatform;
  readonly token: string;
  /** A gateway on these files; the one before must have stopped. */
  readonly open: () => Promise<Gateway>;
}

/** The core as it is, with its default agent on a model server, the memory channel, a database on disk and a log file. */
export async function createCore({ model, logLevel = "debug", clients }: GatewaySettings): Promise<Core> {
  const directory = await createTempDirectory("openclaw-bench");
  // As by default: the file gets every line, requests and events among them.
  const log = createLogger({ level: logLevel, file: join(directory.path, "log-YYYY-MM-DD.log") });
  // It keeps few messages, so that its own bookkeeping stays out of the times.
  const platform = new MemoryPlatform({ maxSent: 100 });
  const agentSettings =
    model === undefined
      ? {}
      : {
          providers: { bench: { baseUrl: model.baseUrl, apiKey: "none", models: [{ id: model.id }] } },
          defaults: { model: `bench/${model.id}` },
        };
  const databaseFile = join(directory.path, "gateway.sqlite");
  let store: Store | undefined;
  return {
    directory: directory.path,
    databaseFile,
    store() {
      if (!store) throw new Error("No gateway was opened.");
      return store;
    },
    platform,
    token: TOKEN,
    open: () =>
      createGateway({
        stateDir: directory.path,
        store: () => (store = SqliteStore.open(databaseFile)),
        config: {
          channels: { memory: {} },
          // Every chat is a session of its own, and as many turns run at once as the load asks for.
          session: { dmScope: "per-peer" },
          agents: { defaults: { maxConcurrent: 64 } },
        },
        listen: { port: 0, token: TOKEN },
        ...(clients === undefined ? {} : { limits: roomFor(clients) }),
        channels: [createMemoryChannel({ platform }).plugin],
        log: log.logger,
        agent: createAgentRuntime({ settings: () => agentSettings, clock: systemClock, log: log.logger }),
      }),
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function roomFor(count: number) {
  const maxSockets = count * 2;
  return {
    maxSockets,
    maxConnections: maxSockets,
    maxOpening: count,
    maxOpeningPerNetwork: count,
    maxAway: count,
  };
}
