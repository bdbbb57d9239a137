import type { ResultOf } from "@openclaw/protocol";

import { defineCommand } from "../command.ts";
import { argument, text } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line, type Output } from "../output.ts";

type Page = ResultOf<"sessions.export">;

/** Prints while it reads: a long transcript never stands in memory as a whole. */
export const command = defineCommand({
  name: "sessions export",
  summary: "Print the transcript of a conversation as JSON lines",
  description:
    "The first line has the type session: its id, key and earlier ids. Every further line has the type message: the " +
    "message with its id, the id of the one before it, and the run it belongs to.",
  arguments: { key: argument("<key>", "The session's key, for example main") },
  options: {
    sessionId: text("--session-id <id>", "An earlier life of the conversation"),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "sessions export main > main.jsonl", does: "Everything said in the main conversation." }],
  async *run(context, { options: { sessionId, ...options }, arguments: { key } }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const request = { key, ...(sessionId === undefined ? {} : { sessionId }) };
    let page = await connection.call("sessions.export", request);
    yield entry(headerOf(page));
    let parentId: string | null = null;
    for (;;) {
      for (const { id, timestamp, runId, message } of page.entries) {
        const run = runId === undefined ? {} : { runId };
        yield entry({ type: "message", id, parentId, timestamp: instant(timestamp), ...run, message });
        parentId = id;
      }
      if (page.nextCursor === null || context.host.signal.aborted) return;
      // The session may be reset meanwhile: the pages go on in the life they began in.
      page = await connection.call("sessions.export", { key, sessionId: page.sessionId, cursor: page.nextCursor });
    }
  },
});

function headerOf({ sessionId, key, createdAt, pastSessionIds }: Page): object {
  return { type: "session", id: sessionId, key, timestamp: instant(createdAt), pastSessionIds };
}

function entry(data: object): Output {
  return { data, view: [line(JSON.stringify(data))] };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
