/** A gateway under test, in its own process. */
import { CHAT_EVENT, paced } from "./broadcast.ts";
import { serveCommands } from "./commands.ts";
import { createCore } from "./stored/core.ts";
import { EventLoopWatch } from "./stored/event-loop-watch.ts";
import { seedSessions } from "./stored/seed.ts";
import type { GatewaySettings } from "./start.ts";
import { type BareRound, roundTrips, timeCommits, type TurnRound, turns } from "./turn-load.ts";

const core = await createCore(JSON.parse(process.argv[2] ?? "{}") as GatewaySettings);
const gateway = await core.open();
await gateway.start();
const watch = new EventLoopWatch();

serveCommands(
  { url: gateway.url, token: core.token },
  {
    broadcast: ({ events }: { events: number }) => paced(events, () => gateway.events.publish("chat", CHAT_EVENT)),
    turns: (round: TurnRound) => turns(core.platform, round),
    roundTrips: (round: BareRound) => roundTrips(round),
    commits: () => timeCommits(core.directory),
    seedSessions: (wanted: { sessions: number; turns: number }) => seedSessions(core.store(), wanted),
    /** Event-loop delay since the last of these, in milliseconds. */
    delay: () => watch.take(),
  },
  async () => {
    await gateway.stop({ drainMs: 0 });
    await core[Symbol.asyncDispose]();
  },
);
