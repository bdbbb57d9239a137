/**
 * A gateway on Telegram that runs until it is ended from outside. Run by the tests beside it; the argument is JSON. It
 * answers "Echo: …", and says `ready <port> <token>` once it has started.
 */
import { createTelegramChannel } from "@openclaw/channels-telegram";
import { type Agent, createGateway, FatalError } from "@openclaw/gateway-core";

export interface FaultProgramArgument {
  readonly stateDir: string;
  readonly apiRoot: string;
  readonly token: string;
  readonly unknownPolicy: "label" | "hold" | "resend";
}

const { stateDir, apiRoot, token, unknownPolicy } = JSON.parse(process.argv[2] ?? "{}") as FaultProgramArgument;

const agent: Agent = {
  listModels: () => Promise.resolve([]),
  defaultModel: () => "faults/echo",
  async *runTurn({ prompt }) {
    const text = `Echo: ${prompt}`;
    yield { type: "text", delta: text };
    const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
    const content = [{ type: "text", text }] as const;
    yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: Date.now() }] };
  },
};

const gateway = await createGateway({
  stateDir,
  listen: { port: 0 },
  config: {
    gateway: { mode: "local" },
    messages: { queue: { mode: "followup" } },
    outbound: { unknownPolicy },
    channels: { telegram: { botToken: token, apiRoot, dmPolicy: "open", allowFrom: ["*"] } },
  },
  channels: [createTelegramChannel()],
  agent,
});
process.once("SIGTERM", () => void gateway.stop({ drainMs: 1_000 }));
try {
  await gateway.start();
  console.log(`ready ${gateway.port} ${gateway.secret}`);
} catch (error) {
  if (!(error instanceof FatalError)) throw error;
  console.error(error.message);
  process.exitCode = 78;
}
