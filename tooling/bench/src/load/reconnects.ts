import { Deliveries } from "./deliveries.ts";
import { closeClients, connectClient, type ResumePoint, type Target } from "./clients.ts";
import type { WebSocket } from "ws";

/** Clients that are on their way in at the same time. */
const CONCURRENCY = 64;

export interface Returned {
  readonly sockets: readonly WebSocket[];
  /** Where each stands with its events; none for a server that offers no resuming. */
  readonly points: readonly (ResumePoint | undefined)[];
  readonly recovered: number;
  readonly elapsedMs: number;
}

/** So many clients come, all at once as after a restart, each with the point where it left its events. */
export async function comeBack(target: Target, points: readonly (ResumePoint | undefined)[]): Promise<Returned> {
  const sockets: WebSocket[] = [];
  const next: (ResumePoint | undefined)[] = [];
  let recovered = 0;
  let started = 0;
  const startedAt = performance.now();
  const come = async (): Promise<void> => {
    while (started < points.length) {
      const resume = points[started];
      started += 1;
      const { socket, answer } = await connectClient(target, resume === undefined ? {} : { resume });
      sockets.push(socket);
      const offer = offerOf(answer);
      next.push(offer);
      if (offer?.recovered === true) recovered += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, come));
  } catch (error) {
    await closeClients(sockets);
    throw error;
  }
  return { sockets, points: next, recovered, elapsedMs: performance.now() - startedAt };
}

/** Counts what reaches the sockets while `cause` runs, and waits until all of it has. */
export async function delivered(
  sockets: readonly WebSocket[],
  count: number,
  cause: () => Promise<unknown>,
): Promise<void> {
  using deliveries = new Deliveries(sockets, '"event":"chat"');
  await deliveries.expect(count, cause);
}

function offerOf(answer: Buffer): (ResumePoint & { readonly recovered?: boolean }) | undefined {
  const frame = JSON.parse(answer.toString()) as { payload?: { resume?: ResumePoint & { recovered?: boolean } } };
  const offer = frame.payload?.resume;
  return (
    offer && {
      epoch: offer.epoch,
      seq: offer.seq,
      ...(offer.recovered === undefined ? {} : { recovered: offer.recovered }),
    }
  );
}
