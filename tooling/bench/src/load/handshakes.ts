import { type ClientChoice, openClient, type Target } from "./clients.ts";

/** Clients that come and go at the same time. */
const CONCURRENCY = 8;

/** Opens connections, goes through the handshake and leaves, for a while; answers how many there were. */
export async function loadHandshakes(target: Target, durationMs: number, choice: ClientChoice = {}): Promise<number> {
  const end = performance.now() + durationMs;
  let count = 0;
  const comeAndGo = async () => {
    while (performance.now() < end) {
      const socket = await openClient(target, choice);
      socket.terminate();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, comeAndGo));
  return count;
}
