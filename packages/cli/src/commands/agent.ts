import { randomUUID } from "node:crypto";

import type { ParamsOf, ResultOf } from "@openclaw/protocol";

import { defineCommand } from "../command.ts";
import { flag, integer, refused, requiredText, text } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { EXIT } from "../exit-codes.ts";
import { connect, type GatewayConnection } from "../gateway/connection.ts";
import { TextStream } from "../gateway/text-stream.ts";
import type { Output } from "../output.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** The gateway ends a turn at its own limit; this bounds the wait for one that was given no limit here. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
/** How much later than the gateway this side gives up. */
const GRACE_MS = 15_000;
const ABORT_TIMEOUT_MS = 2000;

const { url, token, password, json } = RPC_OPTIONS;

/** R8.3. There is no way to run a turn without the gateway (R3.9). */
export const command = defineCommand({
  name: "agent",
  summary: "Ask the agent something and wait for its answer",
  description:
    "Runs one turn in the gateway. In a terminal the answer appears as it is written. Without --to, --session-id and " +
    "--agent the turn belongs to the main session of the default agent.",
  arguments: {},
  options: {
    message: requiredText("-m, --message <text>", "What to say"),
    to: text("-t, --to <target>", "The contact whose session the turn belongs to, for example a phone number"),
    sessionId: text("--session-id <id>", "The session the turn belongs to"),
    agent: text("--agent <id>", "The agent whose main session the turn belongs to"),
    thinking: text("--thinking <level>", "How much the model thinks: off, minimal, low, medium, high"),
    timeout: integer(
      "--timeout <seconds>",
      { minimum: 1, maximum: 86_400 },
      "How long the turn may take, in seconds (default: agents.defaults.timeoutSeconds)",
    ),
    deliver: flag("--deliver", "Also send the answer through a channel"),
    channel: text("--channel <channel>", "The channel to deliver through"),
    replyTo: text("--reply-to <target>", "Whom to deliver to, when it is not --to"),
    local: refused("--local", "turns run in the gateway only; nothing is run beside it"),
    url,
    token,
    password,
    json,
  },
  examples: [
    { line: `agent --message "hi"`, does: "Talks to the main session." },
    { line: `agent -m "Dinner is ready" --to 123456789 --channel telegram --deliver`, does: "Also sends the answer." },
  ],
  async *run(context, { options }) {
    const params = turnParams(options);
    const { signal } = context.host;
    await using connection = await connect(context, { ...options, timeout: CONNECT_TIMEOUT_MS }, ["operator.write"]);
    const stream = new TextStream();
    using _listening = connection.on("agent", (event) => stream.receive(event, params.idempotencyKey));
    let sessionKey: string | undefined;
    const final = connection
      .callAccepted("agent", params, {
        timeoutMs: options.timeout === undefined ? LONGEST_WAIT_MS : options.timeout * 1000 + GRACE_MS,
        onAccepted: (accepted) => {
          sessionKey = accepted.sessionKey;
        },
      })
      .finally(() => stream.end());
    try {
      if (context.interactive) for await (const delta of stream) yield { view: [{ kind: "verbatim", text: delta }] };
      yield finish(await final, { streamed: context.interactive && stream.anything });
    } catch (error) {
      if (signal.aborted && sessionKey !== undefined) await abort(connection, sessionKey, params.idempotencyKey);
      throw error;
    }
  },
});

function turnParams(options: {
  readonly message: string;
  readonly to: string | undefined;
  readonly sessionId: string | undefined;
  readonly agent: string | undefined;
  readonly thinking: string | undefined;
  readonly timeout: number | undefined;
  readonly deliver: boolean;
  readonly channel: string | undefined;
  readonly replyTo: string | undefined;
}): ParamsOf<"agent"> {
  const { message, to, sessionId, agent, thinking, timeout, deliver, channel, replyTo } = options;
  return {
    message,
    idempotencyKey: randomUUID(),
    deliver,
    ...(to === undefined ? {} : { to }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(channel === undefined ? {} : { channel }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

function finish(answer: ResultOf<"agent">, { streamed }: { readonly streamed: boolean }): Output {
  const failed = answer.status !== "ok";
  const payloads = (answer.result?.payloads ?? []).flatMap(({ text: reply, mediaUrl, mediaUrls }) =>
    [reply, ...[mediaUrl, ...(mediaUrls ?? [])].map((media) => media && `MEDIA:${media}`)].filter(Boolean),
  );
  const shown = streamed ? "\n" : `${payloads.length === 0 ? answer.summary : payloads.join("\n")}\n`;
  return {
    data: answer,
    view: [{ kind: "verbatim", text: shown }],
    exitCode: failed ? EXIT.failure : EXIT.ok,
  };
}

/** Whoever interrupts the command does not want the turn either. Best effort: the process is on its way out. */
async function abort(connection: GatewayConnection, sessionKey: string, runId: string): Promise<void> {
  await connection.lastWord("chat.abort", { sessionKey, runId }, ABORT_TIMEOUT_MS);
}
