import { closeClients, type ResumePoint } from "../load/clients.ts";
import { comeBack, delivered } from "../load/reconnects.ts";
import { type Effort, FULL, type Line, type Row, round } from "../row.ts";
import { startBare, startGateway } from "../servers/start.ts";

/** The load has as many sockets open as the server, so both stay below the usual limit of open files. */
const AFTER_RESTART = 10_000;
const AFTER_RESTART_QUICK = 1_000;
const RESUMING = 1_000;
const MISSED = 10;

/** Everybody comes back at once: to another process, which has nothing of what they missed, and to the same one. */
export const reconnectRow: Row = {
  name: "reconnect",
  summary: "clients that come back at once, after a restart and with events to catch up on",
  measure: async (effort) => [await afterRestart(effort), await resuming()],
};

async function afterRestart({ rounds }: Effort): Promise<Line> {
  const count = rounds < FULL.rounds ? AFTER_RESTART_QUICK : AFTER_RESTART;
  const points = Array.from({ length: count }, (_, n) => ({ epoch: `of-the-process-before-${n}`, seq: n }));
  const own = await rate(() => startGateway({ clients: count }), points);
  const bare = await rate(
    startBare,
    points.map(() => undefined),
  );
  return {
    what: `${count} clients back after a restart`,
    measured: `${round(own)} /s`,
    yardstick: `${round(bare)} /s`,
    result: `${(own / bare).toFixed(2)} ×`,
    budget: "–",
    isWithin: undefined,
  };
}

/** Clients per second that are back with a hello. */
async function rate(start: typeof startBare, points: readonly (ResumePoint | undefined)[]): Promise<number> {
  await using server = await start();
  const { sockets, elapsedMs } = await comeBack(server.ready, points);
  await closeClients(sockets);
  return (sockets.length / elapsedMs) * 1000;
}

async function resuming(): Promise<Line> {
  await using gateway = await startGateway({ clients: RESUMING });
  const first = await comeBack(
    gateway.ready,
    Array.from({ length: RESUMING }, () => undefined),
  );
  // What they get before they are lost is not among what they say that they have seen.
  await delivered(first.sockets, RESUMING * MISSED, () => gateway.command("broadcast", { events: MISSED }));
  await closeClients(first.sockets);
  const back = await comeBack(gateway.ready, first.points);
  await closeClients(back.sockets);
  if (back.recovered !== RESUMING)
    throw new Error(`Only ${back.recovered} of ${RESUMING} clients got what they missed.`);
  const perSecond = (RESUMING / back.elapsedMs) * 1000;
  return {
    what: `${RESUMING} clients back with ${MISSED} events each to catch up on`,
    measured: `${round(perSecond)} /s`,
    yardstick: "–",
    result: `${round(perSecond)} /s`,
    budget: "–",
    isWithin: undefined,
  };
}
