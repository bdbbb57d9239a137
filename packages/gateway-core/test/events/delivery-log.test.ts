import { describe, expect, it } from "vitest";

import { DeliveryLog } from "../../src/events/delivery-log.ts";
import { recordingLog } from "../support/silent-log.ts";

describe("R1.5 the log of delivered events", () => {
  it("has a line for each event, and one for equal events of one moment with their number", async () => {
    const log = recordingLog();
    const deliveries = new DeliveryLog(log);
    const lines = () => log.lines.map(({ message, fields }) => [message, fields]);
    deliveries.delivered("agent", 2);
    for (let n = 0; n < 3; n += 1) deliveries.delivered("chat", 2);
    deliveries.delivered("chat", 1);
    await Promise.resolve();
    expect(lines()).toEqual([
      ["event", { event: "agent", receivers: 2 }],
      ["event", { event: "chat", receivers: 2, times: 3 }],
      ["event", { event: "chat", receivers: 1 }],
    ]);
    deliveries.delivered("chat", 1);
    await Promise.resolve();
    expect(lines()[3]).toEqual(["event", { event: "chat", receivers: 1 }]);
  });
});
