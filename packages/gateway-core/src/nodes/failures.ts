import type { Dialect } from "@openclaw/protocol";

import { GatewayError, type GatewayErrorOptions } from "../errors.ts";
import type { Refusal } from "./command-policy.ts";

/** Why a node was not asked, or what became of the command. */
export type NodeFailureFacts =
  | { readonly kind: "unknown" | "unapproved" | "not-connected" }
  | { readonly kind: "not-allowed"; readonly command: string; readonly refusal: Refusal; readonly platform: string }
  | { readonly kind: "not-declared"; readonly command: string }
  | { readonly kind: "busy"; readonly limit: number }
  /** The node said no, or no answer of it can be had; `code` is the node's own or one of this gateway's. */
  | { readonly kind: "node-error"; readonly code?: string; readonly message: string };

/** A command that did not succeed, as clients of protocol 4 read it; `inDialect` gives it the form of protocol 3. */
export class NodeFailure extends GatewayError {
  readonly facts: NodeFailureFacts;
  /** True when the command was sent, so that it may have been carried out. */
  readonly dispatched: boolean;

  constructor(facts: NodeFailureFacts, dialect: Dialect = 4) {
    const { code, message, options } = shapeOf(facts, dialect);
    super(code, message, options);
    this.facts = facts;
    this.dispatched = facts.kind === "node-error";
  }

  inDialect(dialect: Dialect): NodeFailure {
    return dialect === 4 ? this : new NodeFailure(this.facts, dialect);
  }
}

export const timedOut = (): NodeFailure =>
  new NodeFailure({ kind: "node-error", code: "TIMEOUT", message: "node invoke timed out" });

export const disconnected = (command: string): NodeFailure =>
  new NodeFailure({ kind: "node-error", code: "DISCONNECTED", message: `node disconnected (${command})` });

export const cancelled = (command: string): NodeFailure =>
  new NodeFailure({
    kind: "node-error",
    code: "CANCELLED",
    message: `${command} was cancelled, because who asked for it left`,
  });

export const tooLarge = (bytes: number): NodeFailure =>
  new NodeFailure({
    kind: "node-error",
    code: "PAYLOAD_TOO_LARGE",
    message: `the node's answer has more than ${bytes} bytes; ask it for less, such as a smaller picture`,
  });

interface Shape {
  readonly code: "INVALID_REQUEST" | "UNAVAILABLE";
  readonly message: string;
  readonly options: GatewayErrorOptions;
}

/** Source: wire facts 20.4, 20.12 and 20.13. */
function shapeOf(facts: NodeFailureFacts, dialect: Dialect): Shape {
  switch (facts.kind) {
    case "unknown":
    case "unapproved":
      return dialect === 3 ? notConnected(3) : pairingChanged();
    case "not-connected":
      return notConnected(dialect);
    case "not-allowed":
      return notAllowed(facts.command, "command not allowlisted", dialect === 3 ? "" : `: ${whyNot(facts)}`);
    case "not-declared": {
      const why = dialect === 3 ? "" : `: the node does not declare "${facts.command}"`;
      return notAllowed(facts.command, "command not declared by node", why);
    }
    case "busy":
      return {
        code: "UNAVAILABLE",
        message: `more than ${facts.limit} commands of the node are unanswered; wait for some of them`,
        options: { retryable: true, retryAfterMs: 1_000 },
      };
    case "node-error":
      return nodeError(facts, dialect);
  }
}

function notConnected(dialect: Dialect): Shape {
  const code = "NOT_CONNECTED";
  const message = "node not connected";
  const details = dialect === 3 ? { code } : { code, nodeError: { code, message }, nodeCommandDispatched: false };
  return { code: "UNAVAILABLE", message, options: { details, retryable: false } };
}

function pairingChanged(): Shape {
  return {
    code: "UNAVAILABLE",
    message: "node pairing changed while invocation was active",
    options: { details: { code: "PAIRING_CHANGED" }, retryable: true },
  };
}

function notAllowed(command: string, reason: string, why: string): Shape {
  return {
    code: "INVALID_REQUEST",
    message: `node command not allowed${why}`,
    options: { details: { reason, command } },
  };
}

function whyNot({ command, refusal, platform }: Extract<NodeFailureFacts, { kind: "not-allowed" }>): string {
  if (refusal === "denied") return `"${command}" is denied by gateway.nodes.commands.deny`;
  if (refusal === "needs-opt-in") return `"${command}" requires explicit gateway.nodes.commands.allow opt-in`;
  return `"${command}" is not in the allowlist for platform "${platform}"`;
}

function nodeError({ code, message }: Extract<NodeFailureFacts, { kind: "node-error" }>, dialect: Dialect): Shape {
  const nodeErrorDetails = { ...(code === undefined ? {} : { code }), message };
  if (dialect === 4) {
    const details = { nodeError: nodeErrorDetails, nodeCommandDispatched: true };
    return {
      code: "UNAVAILABLE",
      message: code === undefined ? message : `${code}: ${message}`,
      options: { details, retryable: false },
    };
  }
  if (code === "DISCONNECTED") {
    return { code: "UNAVAILABLE", message: `Error: ${message}`, options: { retryable: false } };
  }
  return { code: "UNAVAILABLE", message, options: { details: { nodeError: nodeErrorDetails }, retryable: false } };
}
