/**
 * The fake model as a process of its own: prints `{"port":…,"baseUrls":{…}}` as one line and serves the echo script
 * until it gets SIGTERM, or until the pipe that is its standard input ends, so that it does not outlive its parent.
 */
import { fstatSync } from "node:fs";
import { parseArgs } from "node:util";

import { startFakeModel } from "./server.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const model = await startFakeModel({ port: Number(values.port) });
process.stdout.write(`${JSON.stringify({ port: model.port, baseUrls: model.baseUrls })}\n`);

const stop = async (): Promise<void> => {
  process.stdin.destroy();
  await model[Symbol.asyncDispose]();
};
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());

const stdin = fstatSync(0);
if (stdin.isFIFO() || stdin.isSocket()) process.stdin.once("end", () => void stop()).resume();
