/**
 * The gateway under test, in its own process: the core as it is, with its default agent on a model server, the memory
 * channel, a database on disk and a log file.
 */
import { join } from "node:path";

import { createAgentRuntime } from "@openclaw/agent-runtime";
import { createMemoryChannel, MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createGateway, createLogger, systemClock } from "@openclaw/gateway-core";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";

import { CHAT_EVENT, paced } from "./broadcast.ts";
import { serveCommands } from "./commands.ts";
import type { GatewaySettings } from "./start.ts";
import { type BareRound, roundTrips, timeCommits, type TurnRound, turns } from "./turn-load.ts";

const TOKEN = "bench-token-bench-token-bench-token";
const { model, logLevel = "debug", clients } = JSON.parse(process.argv[2] ?? "{}") as GatewaySettings;

const directory = await createTempDirectory("openclaw-bench");
// As by default: the file gets every line, requests and events among them.
const log = createLogger({ level: logLevel, file: join(directory.path, "log-YYYY-MM-DD.log") });
// It keeps few messages, so that its own bookkeeping stays out of the times.
const { plugin, platform } = createMemoryChannel({ platform: new MemoryPlatform({ maxSent: 100 }) });
const gateway = await createGateway({
  stateDir: directory.path,
  config: {
    channels: { memory: {} },
    // Every chat is a session of its own, and as many turns run at once as the load asks for.
    session: { dmScope: "per-peer" },
    agents: { defaults: { maxConcurrent: 64 } },
  },
  listen: { port: 0, token: TOKEN },
  ...(clients === undefined ? {} : { limits: roomFor(clients) }),
  channels: [plugin],
  log: log.logger,
  agent: createAgentRuntime({
    settings: () =>
      model === undefined
        ? {}
        : {
            providers: { bench: { baseUrl: model.baseUrl, apiKey: "none", models: [{ id: model.id }] } },
            defaults: { model: `bench/${model.id}` },
          },
    clock: systemClock,
    log: log.logger,
  }),
});
await gateway.start();

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

serveCommands(
  { url: gateway.url, token: TOKEN },
  {
    broadcast: ({ events }: { events: number }) => paced(events, () => gateway.events.publish("chat", CHAT_EVENT)),
    turns: (round: TurnRound) => turns(platform, round),
    roundTrips: (round: BareRound) => roundTrips(round),
    commits: () => timeCommits(directory.path),
  },
  async () => {
    await gateway.stop({ drainMs: 0 });
    await log[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  },
);
