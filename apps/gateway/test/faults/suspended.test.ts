import { describe, expect, it } from "vitest";

import { FaultyScene } from "./faulty-scene.ts";

/** A few seconds here; the nightly run asks for several times the lease of a turn, which is a minute. */
const SECONDS = Number(process.env["OPENCLAW_SUSPEND_SECONDS"] ?? 4);
const TIMEOUT_MS = SECONDS * 1_000 + 90_000;
const WAIT = { timeoutMs: 60_000 };

describe("a process that is stopped and goes on", () => {
  it.skipIf(process.platform === "win32")(
    "F40 is the same process afterwards, and has caught up, once",
    { timeout: TIMEOUT_MS },
    async () => {
      await using scene = await FaultyScene.open();
      const { telegram } = scene;
      const { process: gateway, http } = await scene.start();
      const { pid } = gateway;
      scene.says("before");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: before", WAIT);
      // Some are at work, some are on their way, some come while nothing moves.
      for (const text of ["one", "two"]) scene.says(text);
      gateway.kill("SIGSTOP");
      for (const text of ["three", "four", "five"]) scene.says(text);
      await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
      gateway.kill("SIGCONT");
      await telegram.waitForMessage(({ message }) => message.text?.endsWith("Echo: five") === true, WAIT);
      scene.says("after");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: after", WAIT);
      await telegram.waitUntil("no more updates", () => telegram.pending.length === 0, WAIT);
      expect((await fetch(`${http}/healthz`)).status).toBe(200);
      expect({ pid: gateway.pid, running: gateway.running }).toEqual({ pid, running: true });
      gateway.kill("SIGTERM");
      expect(await gateway.waitForExit()).toMatchObject({ code: 0 });
      const { plain, labelled } = scene.seen;
      const expected = ["before", "one", "two", "three", "four", "five", "after"].map((text) => `Echo: ${text}`);
      expect(plain).toEqual(expected);
      // A call that hung through it may have arrived or not; a second copy says so.
      expect(new Set(labelled).size).toBe(labelled.length);
      expect(labelled.length).toBeLessThanOrEqual(1);
      expect((await scene.outboxStates()).every((state) => state === "sent")).toBe(true);
    },
  );
});
