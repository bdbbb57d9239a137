import { median } from "../../measure/statistics.ts";
import { type Line, round, type Row } from "../../row.ts";
import { ServerProcess } from "../../servers/server-process.ts";
import type { ModelTarget } from "../../servers/turn-load.ts";

const PENDING = 10_000;

/** Opening the files of a gateway that stopped, to the first reply: with one message that waits, and with very many. */
export const backlogRow: Row = {
  name: "backlog",
  summary: "restart to the first reply with 10,000 messages that wait",
  async measure({ rounds }) {
    await using models = await ServerProcess.start<ModelTarget>("model.ts");
    await using server = await ServerProcess.start<unknown>("restarting.ts", { model: models.ready });
    const firstReply = (pending: number) => server.command("firstReply", { pending }) as Promise<number>;
    const one: number[] = [];
    for (let n = 0; n <= rounds; n += 1) one.push(await firstReply(1));
    const yardstick = median(one.slice(1));
    const many = await firstReply(PENDING);
    return [
      {
        what: `restart to first reply, ${PENDING} messages wait`,
        measured: `${round(many)} ms`,
        yardstick: `${round(yardstick)} ms`,
        result: `${(many / yardstick).toFixed(2)} ×`,
        budget: "–",
        isWithin: undefined,
      } satisfies Line,
    ];
  },
};
