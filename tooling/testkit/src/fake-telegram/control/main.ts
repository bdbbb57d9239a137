/**
 * Runs a fake Telegram as a process of its own:
 *
 *     node --conditions=@openclaw/source tooling/testkit/src/fake-telegram/control/main.ts ['{"token":"…","port":0}']
 *
 * Prints one line of JSON, `{"apiRoot","token","control"}`, and serves until its standard input ends or it is told to
 * stop by SIGTERM or SIGINT, so that it never outlives the process that started it.
 */
import { isRecord } from "../parameters.ts";
import { FakeTelegram, type FakeTelegramOptions } from "../server.ts";
import { ControlServer } from "./server.ts";

function readOptions(text: string | undefined): FakeTelegramOptions {
  const value: unknown = JSON.parse(text ?? "{}");
  if (!isRecord(value)) throw new Error("The argument must be a JSON object.");
  const { token, port } = value;
  return {
    ...(typeof token === "string" ? { token } : {}),
    ...(typeof port === "number" ? { port } : {}),
  };
}

async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdin.once("end", resolve).once("error", resolve).resume();
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  process.stdin.destroy();
}

await using telegram = await FakeTelegram.start(readOptions(process.argv[2]));
await using control = await ControlServer.start(telegram);
process.stdout.write(`${JSON.stringify({ apiRoot: telegram.apiRoot, token: telegram.token, control: control.url })}\n`);
await untilStopped();
