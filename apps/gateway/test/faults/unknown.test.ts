import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, it } from "vitest";

import { FaultyScene, type GatewayProcess } from "./faulty-scene.ts";

const WAIT = { timeoutMs: 20_000 };
const TIMEOUT_MS = 60_000;
const SEND = /\/sendMessage$/i;

/** What each policy makes of a message whose receipt was lost although it arrived, and of one that never did. */
const POLICIES = [
  { unknownPolicy: "label", plain: 1, labelled: 1, state: "sent", unheard: { plain: 0, labelled: 1 } },
  { unknownPolicy: "hold", plain: 1, labelled: 0, state: "unknown", unheard: { plain: 0, labelled: 0 } },
  { unknownPolicy: "resend", plain: 2, labelled: 0, state: "sent", unheard: { plain: 1, labelled: 0 } },
] as const;

const count = (texts: readonly string[], text: string) => texts.filter((other) => other === text).length;

async function end({ process }: GatewayProcess): Promise<void> {
  process.kill("SIGTERM");
  await process.waitForExit();
}

describe("a network that loses answers", { timeout: TIMEOUT_MS }, () => {
  for (const { unknownPolicy, plain, labelled, state, unheard } of POLICIES) {
    it.concurrent(`F6 ${unknownPolicy}: a lost or broken answer shows one copy, or one more that says what it is`, async () => {
      await using scene = await FaultyScene.open({ unknownPolicy });
      const { proxy, telegram } = scene;
      const gateway = await scene.start();
      proxy.next(SEND, { kind: "drop-response" });
      scene.says("dropped");
      await proxy.waitForEffect(SEND);
      if (plain + labelled > 1) {
        await telegram.waitUntil("the second copy", () => telegram.sent.length === plain + labelled, WAIT);
      }
      proxy.next(SEND, { kind: "cut-response" });
      scene.says("cut");
      await telegram.waitUntil("both", () => telegram.sent.length === 2 * (plain + labelled), WAIT);
      proxy.next(SEND, { kind: "drop-request" });
      scene.says("unheard");
      // Being late is not being lost.
      const slow = proxy.always(/./, { kind: "delay", ms: 300 });
      scene.says("delayed");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: delayed", WAIT);
      slow[Symbol.dispose]();
      await end(gateway);
      const { seen } = scene;
      const unheardCopies = {
        plain: count(seen.plain, "Echo: unheard"),
        labelled: count(seen.labelled, "Echo: unheard"),
      };
      expect(unheardCopies).toEqual(unheard);
      for (const text of ["Echo: dropped", "Echo: cut"]) {
        expect({ text, plain: count(seen.plain, text), labelled: count(seen.labelled, text) }).toEqual({
          text,
          plain,
          labelled,
        });
      }
      expect(count([...seen.plain, ...seen.labelled], "Echo: delayed")).toBe(1);
      expect(await scene.outboxStates()).toEqual([state, state, state, "sent"]);
    });

    it.concurrent(`F6 ${unknownPolicy}: killed between the effect and its answer, it is the same`, async () => {
      await using scene = await FaultyScene.open({ unknownPolicy });
      const { proxy, telegram } = scene;
      const first = await scene.start();
      proxy.next(SEND, { kind: "hold-response" });
      const update = scene.says("held");
      await proxy.waitForEffect(SEND);
      first.process.kill("SIGKILL");
      await first.process.waitForExit();
      const second = await scene.start();
      // What comes after it in the chat is answered, so the fate of the one in doubt is decided.
      scene.says("after");
      await telegram.waitForMessage(({ message }) => message.text === "Echo: after", WAIT);
      await telegram.waitForConfirmed(update, WAIT);
      await eventually("the end of the gateway", () => end(second).then(() => true));
      const { seen } = scene;
      expect({ plain: count(seen.plain, "Echo: held"), labelled: count(seen.labelled, "Echo: held") }).toEqual({
        plain,
        labelled,
      });
      expect(count([...seen.plain, ...seen.labelled], "Echo: after")).toBe(1);
      expect((await scene.outboxStates())[0]).toBe(state);
    });
  }
});
