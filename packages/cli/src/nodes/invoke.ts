import { randomUUID } from "node:crypto";

import type { CommandContext } from "../command.ts";
import { integer, type Option, requiredText, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS, type RpcValues } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect } from "../gateway/connection.ts";
import { line, type Output } from "../output.ts";
import { isRecord } from "../records.ts";
import { findNode, type NodeRow, nodeTitle } from "./find-node.ts";

const LONGEST_MS = 3_600_000;
/** The node's answer has to come back as well. */
const RETURN_MS = 5_000;

export const NODE_OPTION = requiredText(
  "--node <node>",
  "The node: its id, name, address, or the first six or more characters of its id",
);

/** Options of a command that asks a node. Times in milliseconds. */
export function nodeOptions(times: { readonly invoke: number; readonly rpc: number }) {
  return {
    node: NODE_OPTION,
    invokeTimeout: withDefault(
      integer("--invoke-timeout <ms>", { minimum: 1, maximum: LONGEST_MS }, "How long the node has, in milliseconds"),
      times.invoke,
    ),
    ...RPC_OPTIONS,
    timeout: withDefault(RPC_OPTIONS.timeout satisfies Option<number>, times.rpc),
  };
}

export interface NodeValues extends RpcValues {
  readonly node: string;
  readonly invokeTimeout: number;
}

export interface NodeCall {
  readonly command: string;
  readonly params?: unknown;
  readonly idempotencyKey?: string | undefined;
}

export interface NodeReply {
  readonly node: NodeRow;
  readonly payload: unknown;
  /** The whole answer, for --json. */
  readonly answer: object;
}

/** Has a node carry a command out. `callOf` may look at the node first. Throws CliError. */
export async function askNode(
  context: CommandContext,
  options: NodeValues,
  callOf: NodeCall | ((node: NodeRow) => NodeCall),
): Promise<NodeReply> {
  const { invokeTimeout: timeoutMs, ...values } = options;
  const timeout = Math.max(values.timeout, timeoutMs + RETURN_MS);
  await using connection = await connect(context, { ...values, timeout }, ["operator.read", "operator.write"]);
  const node = await findNode(connection, options.node, context.self);
  const { command, params, idempotencyKey = randomUUID() } = typeof callOf === "function" ? callOf(node) : callOf;
  const request = { nodeId: node.nodeId, command, timeoutMs, idempotencyKey };
  const answer = await connection
    .call("node.invoke", params === undefined ? request : { ...request, params })
    .catch((error: unknown) => {
      throw explained(error, node, context.self);
    });
  return { node, payload: answer.payload, answer };
}

/** In place of advice that fits every failure, what to do about one of a node. */
function explained(error: unknown, node: NodeRow, self: string): unknown {
  if (!(error instanceof CliError) || !isRecord(error.details)) return error;
  const { code, reason, nodeError } = error.details;
  const options = { ...(error.code === undefined ? {} : { code: error.code }), details: error.details, cause: error };
  const because = (message: string, remedy: string | undefined): CliError =>
    new CliError(error.kind, message, remedy, options);
  if (code === "PAIRING_CHANGED") {
    const { pendingRequestId } = node;
    const remedy =
      pendingRequestId === undefined
        ? `Have it connect again, then: ${self} nodes pending`
        : `Approve it: ${self} nodes approve ${pendingRequestId}`;
    return because(`What ${nodeTitle(node)} offers was not approved yet.`, remedy);
  }
  if (code === "NOT_CONNECTED") return because(`${nodeTitle(node)} is not connected.`, `See: ${self} nodes status`);
  if (reason === "command not allowlisted" || reason === "command not declared by node")
    return because(error.message, `What it takes: ${self} nodes describe --node ${node.nodeId.slice(0, 12)}`);
  return nodeError === undefined ? error : because(error.message, `The node ${nodeTitle(node)} says so.`);
}

/** For commands whose answer is that it was done. */
export function doneOutput({ node, answer }: NodeReply, done: string): Output {
  return { data: answer, view: [line(`${done} on ${nodeTitle(node)}`)] };
}

/** Leaves out what was not given. */
export function given<T extends object>(params: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as never;
}
