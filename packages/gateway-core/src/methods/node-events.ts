import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import type { Allowance } from "../nodes/live/allowance.ts";
import type { LiveNode } from "../nodes/live/live-nodes.ts";
import { canonicalSessionKey, mainSessionKey } from "../sessions/session-key.ts";
import type { CallContext } from "./define.ts";
import { requesterKey } from "./exec-approval-wire.ts";
import { assertMaySend, findSessionTarget, lastRoute } from "./session-target.ts";

const MAX_MESSAGE = 65_536;
const MAX_OUTPUT = 2_000;
const MAX_COMMAND = 500;

interface NodeEventContext extends CallContext {
  readonly node: LiveNode;
}

/** Why an event had no effect; undefined when it had one. */
type Unhandled = "unsupported_event" | "unmatched_exec_event" | undefined;
type Fields = Readonly<Record<string, unknown>>;
type NodeEventHandler = (fields: Fields, context: NodeEventContext) => Unhandled | Promise<Unhandled>;

/** What nodes tell that has an effect. A node begins turns and leaves lines only as fast as its allowance lets it. */
export const NODE_EVENTS: Readonly<Record<string, NodeEventHandler>> = {
  "voice.transcript": async (fields, context) => {
    const message = text(fields, "text", MAX_MESSAGE);
    if (message !== undefined) await beginTurn({ message, sessionKey: sessionKeyOf(fields) ?? "main" }, context);
    return undefined;
  },
  "agent.request": async (fields, context) => {
    const message = text(fields, "message", MAX_MESSAGE);
    if (message === undefined) return undefined;
    const { nodeId } = context.node.facts;
    const thinking = text(fields, "thinking", MAX_COMMAND);
    await beginTurn(
      {
        message,
        sessionKey: sessionKeyOf(fields) ?? `node-${nodeId}`,
        ...(thinking === undefined ? {} : { thinking }),
        isDelivered: fields["deliver"] === true,
      },
      context,
    );
    return undefined;
  },
  "chat.subscribe": (fields, context) => {
    const sessionKey = canonical(fields, context);
    if (sessionKey !== undefined && !context.nodes.follow(context.node, sessionKey)) {
      throw new GatewayError("UNAVAILABLE", "This node follows too many sessions; leave some (chat.unsubscribe).", {
        retryable: false,
      });
    }
    return undefined;
  },
  "chat.unsubscribe": (fields, context) => {
    const sessionKey = canonical(fields, context);
    if (sessionKey !== undefined) context.nodes.unfollow(context.node, sessionKey);
    return undefined;
  },
  "exec.approval.withdrawn": async (fields, { execApprovals, caller }) => {
    const toolCallId = text(fields, "toolCallId", Infinity);
    if (toolCallId !== undefined) await execApprovals.withdraw(requesterKey(caller), toolCallId);
    return undefined;
  },
  "exec.started": (fields, context) => noteProgram("started", fields, context),
  "exec.finished": (fields, context) => noteProgram("finished", fields, context),
  "exec.denied": (fields, context) => noteProgram("denied", fields, context),
};

interface NodeTurn {
  readonly message: string;
  readonly sessionKey: string;
  readonly thinking?: string;
  /** Also to the chat that last wrote in the session. */
  readonly isDelivered?: boolean;
}

async function beginTurn(turn: NodeTurn, context: NodeEventContext): Promise<void> {
  const { node, messages, ids } = context;
  takeFrom(node.allowance.turns, context);
  const target = await findSessionTarget(context, turn.sessionKey);
  if (turn.isDelivered) assertMaySend(context, target);
  await messages.submit(`node:${node.facts.nodeId}`, {
    idempotencyKey: ids.uuid(),
    source: "agent",
    sessionKey: target.sessionKey,
    agentId: target.agentId,
    request: { prompt: turn.message, ...(turn.thinking === undefined ? {} : { thinking: turn.thinking }) },
    ...(turn.isDelivered ? { route: lastRoute(target) } : {}),
  });
}

/**
 * A line for the session that had the program run, or the main one. It waits for the session's next turn: a turn that
 * it began by itself could run the next program, and so on. Nodes of protocol 4 are believed about programs they were
 * given; those of protocol 3 make up the ids of theirs.
 */
async function noteProgram(
  what: "started" | "finished" | "denied",
  fields: Fields,
  context: NodeEventContext,
): Promise<Unhandled> {
  const { node, scheduled, store } = context;
  const runId = text(fields, "runId", MAX_COMMAND);
  if (node.facts.dialect === 4 && (runId === undefined || !node.hasRun(runId))) return "unmatched_exec_event";
  if (fields["suppressNotifyOnExit"] === true) return undefined;
  takeFrom(node.allowance.notes, context);
  const sessionKey = await sessionOfProgram(fields, context);
  await scheduled.notes.add(store, sessionKey, programLine(what, fields, node));
  return undefined;
}

function programLine(what: "started" | "finished" | "denied", fields: Fields, { facts }: LiveNode): string {
  const name = facts.description.displayName ?? facts.nodeId;
  const command = oneLine(text(fields, "command", MAX_COMMAND) ?? "a program");
  const beginning = `Exec ${what} on the node ${oneLine(name)}: ${command}`;
  if (what === "started") return beginning;
  if (what === "denied") return `${beginning} (${oneLine(text(fields, "reason", MAX_COMMAND) ?? "denied")})`;
  const { exitCode, timedOut } = fields;
  const end = timedOut === true ? "timed out" : typeof exitCode === "number" ? `code ${exitCode}` : "ended";
  const output = text(fields, "output", Infinity)?.slice(-MAX_OUTPUT);
  return output === undefined ? `${beginning} (${end})` : `${beginning} (${end})\n${output}`;
}

/** Node hosts name sessions that are none, such as "node". */
async function sessionOfProgram(fields: Fields, context: NodeEventContext): Promise<string> {
  const { config, sessions } = context;
  const named = canonical(fields, context);
  if (named !== undefined && (await sessions.get(named))) return named;
  return mainSessionKey(defaultAgentId(config.current), config.current.session);
}

function takeFrom(allowance: Allowance, { clock }: CallContext): void {
  const retryAfterMs = allowance.take(clock.now());
  if (retryAfterMs === 0) return;
  throw new GatewayError("UNAVAILABLE", "This node sends too many events; wait retryAfterMs.", {
    retryable: true,
    retryAfterMs,
  });
}

function canonical(fields: Fields, { config }: CallContext): string | undefined {
  const sessionKey = sessionKeyOf(fields);
  if (sessionKey === undefined) return undefined;
  return canonicalSessionKey(sessionKey, defaultAgentId(config.current), config.current.session);
}

function sessionKeyOf(fields: Fields): string | undefined {
  return text(fields, "sessionKey", Infinity);
}

/** A text that is there; undefined otherwise. */
function text(fields: Fields, name: string, most: number): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, most) : undefined;
}

function oneLine(value: string): string {
  return value.replaceAll(/\s+/g, " ");
}
