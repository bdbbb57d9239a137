import { GatewayError } from "../errors.ts";
import { NodeFailure } from "../nodes/failures.ts";
import { defineHandler } from "./define.ts";
import { NODE_EVENTS } from "./node-events.ts";
import { callingNode } from "./node-wire.ts";

/** Clients of protocol 3 are told nothing of events that mean nothing here. Source: wire facts 20.14. */
export const nodeEvent = defineHandler("node.event", async ({ event, payload, payloadJSON }, context) => {
  const node = await callingNode(context);
  if (!node.approved) throw new NodeFailure({ kind: "unapproved" });
  const handle = Object.hasOwn(NODE_EVENTS, event) ? NODE_EVENTS[event] : undefined;
  const unhandled = handle
    ? await handle(fieldsOf(payload, payloadJSON), { ...context, node })
    : ("unsupported_event" as const);
  if (context.caller.dialect === 3 || unhandled === undefined) return { ok: true as const };
  return { ok: true as const, event, handled: false, reason: unhandled };
});

function fieldsOf(payload: unknown, payloadJSON: string | null | undefined): Readonly<Record<string, unknown>> {
  const value = typeof payloadJSON === "string" && payload === undefined ? parse(payloadJSON) : payload;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parse(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError("INVALID_REQUEST", "invalid node.event params: payloadJSON is not JSON text", {
      cause: error,
    });
  }
}
