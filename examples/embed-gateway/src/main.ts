/**
 * A gateway inside a program of your own: with your agent, your tool, your method and your HTTP route, and a channel
 * that lives in memory. Nothing is global, and when `main` returns, everything is closed.
 *
 *   node --conditions=@openclaw/source src/main.ts
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { GatewayClient } from "@openclaw/client";
import { createGateway, type ExtraMethod, type HttpRoute, type Tool } from "@openclaw/gateway-core";
import * as z from "zod";

import { gardener } from "./agent.ts";

const plantSchema = z.strictObject({ plant: z.string().min(1) });

/** How often each plant got water. */
const watered = new Map<string, number>();

/** Something the agent may do during a turn. */
const waterPlants: Tool = {
  name: "water_plants",
  description: "Waters a plant.",
  parameters: z.toJSONSchema(plantSchema),
  sideEffects: true,
  execute(input) {
    const { plant } = plantSchema.parse(input);
    watered.set(plant, (watered.get(plant) ?? 0) + 1);
    return Promise.resolve({ text: `The ${plant} got water.` });
  },
};

/** Something any client may call, beside the gateway's own methods. */
const gardenStatus: ExtraMethod<{ plant: string }> = {
  name: "garden.status",
  scope: "operator.read",
  // What it throws is told to the caller as what was wrong.
  parse: (params) => plantSchema.parse(params),
  handle: ({ plant }) => ({ plant, watered: watered.get(plant) ?? 0 }),
};

/** Something a browser or a script may fetch, on the gateway's own port. */
const gardenPage: HttpRoute = {
  method: "GET",
  path: "/garden",
  auth: "gateway",
  handle: () => ({ headers: { "content-type": "text/plain" }, body: [...watered.keys()].join("\n") }),
};

async function main(stateDir: string): Promise<void> {
  const { plugin, platform } = createMemoryChannel();
  await using gateway = await createGateway({
    stateDir,
    config: { channels: { memory: {} } },
    listen: { port: 0 },
    agent: gardener,
    channels: [plugin],
    tools: [waterPlants],
    methods: [gardenStatus],
    routes: [gardenPage],
  });
  // The same events that clients get, typed by their contracts.
  gateway.events.on("chat", ({ state, sessionKey }) => console.log(`event: chat ${state} in ${sessionKey}`));
  await gateway.start();
  console.log(`listening: ${gateway.url}`);

  // A message from a channel: stored, answered, and the answer delivered.
  platform.say({ chatId: "ada", text: "Please water the ferns" });
  const sent = await platform.waitForSent(({ to }) => to.chatId === "ada");
  console.log(`channel: ${sent.text}`);

  // A client over the network, as any app would be.
  await using client = await GatewayClient.connect({
    url: gateway.url,
    token: gateway.secret,
    client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: process.platform },
  });
  const answer = await client.request("agent", { message: "Water the roses", idempotencyKey: "roses-1" });
  console.log(`client: ${answer.result?.payloads[0]?.text}`);
  console.log(`method: ${JSON.stringify(await client.requestRaw("garden.status", { plant: "roses" }))}`);

  const response = await fetch(`${gateway.url.replace(/^ws/, "http")}/garden`, {
    headers: { authorization: `Bearer ${gateway.secret}` },
  });
  console.log(`route: ${(await response.text()).replace("\n", ", ")}`);
}

const stateDir = await mkdtemp(join(tmpdir(), "embed-gateway-"));
try {
  await main(stateDir);
  console.log("stopped");
} finally {
  await rm(stateDir, { recursive: true, force: true });
}
