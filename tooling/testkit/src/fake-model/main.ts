/**
 * The fake model as a process of its own: prints `{"port":…,"baseUrls":{…}}` as one line and serves the echo script
 * until its standard input ends or it gets SIGTERM. Run it with `node --conditions=@openclaw/source`.
 */
import { parseArgs } from "node:util";

import { startFakeModel } from "./server.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const model = await startFakeModel({ port: Number(values.port) });
process.stdout.write(`${JSON.stringify({ port: model.port, baseUrls: model.baseUrls })}\n`);

const stop = async (): Promise<void> => {
  process.stdin.pause();
  await model[Symbol.asyncDispose]();
};
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
process.stdin.once("end", () => void stop());
process.stdin.resume();
