import { setImmediate } from "node:timers/promises";

import type { EventPayload } from "@openclaw/protocol";

/** Events between two turns of the event loop, so that sockets are written to as they are while an answer streams. */
const EVENTS_PER_TURN = 4;

/** A piece of a streamed answer, of the usual size. */
export const CHAT_EVENT: EventPayload<"chat"> = {
  runId: "0b4f2f0e-7d0e-4a53-9c1f-6f1d1f0a9a3e",
  sessionKey: "agent:main:main",
  agentId: "main",
  seq: 17,
  state: "delta",
  deltaText: " and then it was time",
  message: {
    role: "assistant",
    content: [{ type: "text", text: "It was a quiet morning in the harbour; the boats came in, and then it was time" }],
    timestamp: 1_795_394_718_889,
  },
};

/** Does something so many times, in small portions. */
export async function paced(times: number, work: () => void): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    work();
    if (done % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await setImmediate();
  }
}
