import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { exponentialBackoff, GatewayClient, type OpenTransport } from "@openclaw/client";
import { type Agent, createGateway, type TurnPart } from "@openclaw/gateway-core";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";
import { WebSocket } from "ws";

const DISCONNECTS = 1_000;
const PIECES_PER_ANSWER = 200;

/** Says 200 words, one by one, with a turn of the event loop between them. */
const talker: Agent = {
  async *runTurn(turn): AsyncGenerator<TurnPart> {
    let text = "";
    for (let piece = 0; piece < PIECES_PER_ANSWER; piece += 1) {
      const delta = `${turn.prompt}.${piece} `;
      text += delta;
      yield { type: "text", delta };
      await new Promise((resolve) => setImmediate(resolve));
    }
    const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
    const content = [{ type: "text", text }] as const;
    yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: 1 }] };
  },
  listModels: () => Promise.resolve([]),
  defaultModel: () => "example/talker",
};

/** Numbers from 0 up to 1 that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A network that breaks after a few messages; what was on its way then is lost. */
function lossyNetwork(random: () => number, counts: { cuts: number }): OpenTransport {
  return ({ url, listener }) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      let isCut = false;
      let left = 2 + Math.floor(random() * 12);
      socket.on("message", (data: Buffer) => {
        if (isCut) return;
        listener.message(data.toString());
        left -= 1;
        isCut = left <= 0 && counts.cuts < DISCONNECTS;
        if (!isCut) return;
        counts.cuts += 1;
        socket.terminate();
      });
      socket.on("error", reject);
      socket.on("close", (code) => listener.closed({ code, reason: "" }));
      socket.on("open", () =>
        resolve({
          bufferedBytes: 0,
          send: (text) => socket.send(text, () => {}),
          close: (code, reason) => socket.close(code, reason),
          terminate: () => socket.terminate(),
        }),
      );
    });
}

it("F17 F18 after 1000 lost connections the text that a client pieced together is the transcript", async () => {
  await using directory = await createTempDirectory();
  await using gateway = await createGateway({
    stateDir: directory.path,
    config: { gateway: { mode: "local" }, channels: { memory: {} } },
    listen: { port: 0 },
    agent: talker,
    channels: [createMemoryChannel().plugin],
    version: "1.2.3",
  });
  await gateway.start();
  const counts = { cuts: 0, recovered: 0, gaps: 0 };
  const options = {
    url: gateway.url,
    token: gateway.secret,
    client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: "linux" },
    reconnect: exponentialBackoff({ initialMs: 1, maximumMs: 1, jitter: 0 }),
  };
  await using client = await GatewayClient.connectThrough(lossyNetwork(seeded(7), counts), options);
  const texts = new Map<string, string>();
  const finished = new Map<string, () => void>();
  client.on("recovered", () => (counts.recovered += 1));
  client.on("gap", () => (counts.gaps += 1));
  client.on("agent", ({ runId, stream, data }) => {
    const { delta, phase } = data;
    if (stream === "assistant" && typeof delta === "string") texts.set(runId, (texts.get(runId) ?? "") + delta);
    if (stream === "lifecycle" && phase === "end") finished.get(runId)?.();
  });
  await using steady = await GatewayClient.connect(options);
  const sessionKey = "agent:main:main";
  const told: string[] = [];
  while (counts.cuts < DISCONNECTS) {
    const runId = `run-${told.length}`;
    const ended = new Promise<void>((resolve) => finished.set(runId, resolve));
    await steady.request("agent", { message: `turn${told.length}`, sessionKey, idempotencyKey: runId });
    await ended;
    told.push(texts.get(runId) ?? "");
  }
  const { messages } = await steady.request("chat.history", { sessionKey, limit: 1_000 });
  const answers = messages.filter(({ role }) => role === "assistant").slice(-told.length);
  const transcript = answers.map(({ content }) =>
    typeof content === "string" ? content : content.map(({ text = "" }) => text).join(""),
  );
  expect(told.map((text) => text.trim())).toEqual(transcript.map((text) => text.trim()));
  expect(counts).toEqual({ cuts: DISCONNECTS, recovered: DISCONNECTS, gaps: 0 });
}, 60_000);
