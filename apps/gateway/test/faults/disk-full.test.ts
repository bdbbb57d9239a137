import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, it } from "vitest";

import { FaultyScene } from "./faulty-scene.ts";
import { mountSmallDisk, whyNoSmallDisk } from "./small-disk.ts";

const WAIT = { timeoutMs: 30_000 };
const reason = whyNoSmallDisk();
/** Longer than whatever room a page or two may still have. */
const LONG = "x".repeat(3_000);

describe(`a disk that is full${reason === undefined ? "" : ` (not tried: ${reason})`}`, () => {
  it.skipIf(reason !== undefined)(
    "F38 acknowledges nothing it did not store, serves its status, recovers alone, and loses nothing",
    { timeout: 120_000 },
    async () => {
      await using disk = await mountSmallDisk(16);
      await using scene = await FaultyScene.open({ stateDir: disk.path });
      const { telegram } = scene;
      const { process: gateway, http } = await scene.start();
      const { pid } = gateway;
      scene.says("before");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: before", WAIT);
      await telegram.waitUntil("the confirmation", () => telegram.pending.length === 0, WAIT);

      disk.fill();
      const updates = Array.from({ length: 5 }, (_update, index) => scene.says(`full ${index} ${LONG}`));
      // A batch is fetched, can not be stored, and is asked for again.
      const polls = () => telegram.calls.filter(({ method }) => method === "getUpdates").length;
      const polled = polls();
      await telegram.waitUntil("more polls", () => polls() >= polled + 3, WAIT);
      expect(telegram.confirmed).not.toContain(updates[0]?.update_id);
      expect(telegram.pending.length).toBe(5);
      for (const path of ["/healthz", "/", "/readyz"]) {
        const response = await fetch(`${http}${path}`);
        expect([200, 503]).toContain(response.status);
        if (path !== "/readyz") expect(response.status).toBe(200);
      }
      expect(telegram.sent.length).toBe(1);

      disk.free();
      const answered = () => new Set(telegram.sent.map(({ message }) => message.text?.slice(0, 12)));
      await eventually("all answers", () => answered().size === 6, 60_000);
      scene.says("after");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: after", WAIT);
      await telegram.waitUntil("no more updates", () => telegram.pending.length === 0, WAIT);
      expect({ pid: gateway.pid, running: gateway.running }).toEqual({ pid, running: true });
      gateway.kill("SIGTERM");
      expect(await gateway.waitForExit()).toMatchObject({ code: 0 });
      const texts = telegram.sent.map(({ message }) => message.text?.slice(0, 12));
      expect(texts).toEqual(["Echo: before", ...[0, 1, 2, 3, 4].map((index) => `Echo: full ${index}`), "Echo: after"]);
      expect((await scene.outboxStates()).every((state) => state === "sent")).toBe(true);
    },
  );
});
