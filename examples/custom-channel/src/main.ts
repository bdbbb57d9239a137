/**
 * A gateway with a channel of its own making: drop a file into a folder, find the answer in another one.
 *
 *   node --conditions=@openclaw/source src/main.ts ./mailbox
 *   mkdir -p mailbox/in/ada && echo "hello there" > mailbox/in/ada/1.txt      (in a second terminal)
 *   cat mailbox/out/ada/*.txt
 *
 * Ctrl+C stops it. What was taken in and not answered yet is answered at the next start.
 */
import { once } from "node:events";
import { join, resolve } from "node:path";

import { type Agent, createGateway } from "@openclaw/gateway-core";

import { folderChannel } from "./folder-channel.ts";

/** Stands in for a model, so that the example needs no key. */
const loudEcho: Agent = {
  async *runTurn({ prompt }) {
    const text = `${prompt.trim().toUpperCase()}!`;
    yield { type: "text", delta: text };
    yield {
      type: "finish",
      reason: "stop",
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
      messages: [{ role: "assistant", content: [{ type: "text", text }], timestamp: Date.now() }],
    };
  },
  listModels: () => Promise.resolve([]),
  defaultModel: () => "example/loud-echo",
};

const directory = resolve(process.argv[2] ?? "mailbox");
const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);

await using gateway = await createGateway({
  stateDir: join(directory, ".state"),
  config: { channels: { folder: { directory } } },
  listen: { port: 0 },
  agent: loudEcho,
  channels: [folderChannel],
});
await gateway.start();
console.log(`Waiting for files in ${join(directory, "in")}`);
await stopped;
console.log("Stopping");
