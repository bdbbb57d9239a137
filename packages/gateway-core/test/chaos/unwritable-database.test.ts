import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { expect, it } from "vitest";

import { MortalProcess } from "../support/mortal-process.ts";
import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";

it("F38 a turn that ends while nothing can be written is answered once that is over, without asking the model again", async () => {
  await using directory = await createTempDirectory();
  const clock = new ManualClock(Date.now());
  const process = new MortalProcess(`${directory.path}/gateway.sqlite`, clock);
  await using gateway = await startGateway(directory.path, {
    clock,
    store: () => process.store,
    config: {
      gateway: { mode: "local" },
      channels: { memory: {} },
      messages: { queue: { mode: "followup" } },
      agents: { defaults: { heartbeat: { every: "0m" } } },
    },
  });
  const held = Promise.withResolvers<void>();
  gateway.agent.script = async function* (turn) {
    await held.promise;
    yield* sayParts(`Echo: ${turn.prompt}`);
  };
  gateway.platform.say({ chatId: "ada", text: "hello", sentAt: clock.now() });
  await eventually("the turn", async () => {
    await clock.advance(100);
    return gateway.agent.turns.length === 1;
  });
  // The end of the turn is refused, then the receipt of its answer.
  process.refuse(3);
  held.resolve();
  let waited = 0;
  await eventually("the answer", async () => {
    await clock.advance(500);
    waited += 500;
    return gateway.platform.sent.length === 1;
  });
  expect(waited).toBeLessThan(15_000);
  process.refuse(1);
  await clock.advance(10 * 60_000);
  expect(gateway.platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
  expect(gateway.agent.turns.length).toBe(1);
  const { rows } = await gateway.call("outbox.list", { limit: 10 });
  expect(rows.map(({ state }) => state)).toEqual(["sent"]);
});
