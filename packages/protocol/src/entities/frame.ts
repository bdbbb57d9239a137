import * as z from "zod";

import type { ErrorCode } from "../errors.ts";
import { count, identifier, json, milliseconds } from "./primitives.ts";

/** Every code of the error table. */
export const errorCode = z
  .enum([
    "INVALID_REQUEST",
    "FORBIDDEN",
    "NOT_PAIRED",
    "NOT_LINKED",
    "AGENT_TIMEOUT",
    "UNAVAILABLE",
  ] as const satisfies readonly ErrorCode[])
  .meta({ id: "ErrorCode", description: "What kind of failure it was; see the table of error codes." });

/** An error as it stands in a response frame (R5.7). */
export const errorShape = z
  .object({
    code: errorCode,
    message: z.string().describe("For people: what was wrong, what was expected, what to do."),
    details: json.optional().describe("For programs; its shape depends on the code."),
    retryable: z.boolean().optional(),
    retryAfterMs: milliseconds.optional().describe("Milliseconds to wait before trying again."),
  })
  .meta({ id: "ErrorShape", description: "Why a request failed." });

/** A client asks (R5.3). Strict: any other key makes the frame invalid. */
export const requestFrame = z
  .strictObject({
    type: z.literal("req"),
    id: identifier.describe("Chosen by the client; comes back on every answer."),
    method: z.string().min(1).max(128),
    params: json.optional(),
    traceparent: z.string().max(128).optional().describe("W3C trace context; recorded in the log, nothing else."),
    expectedProfileId: z.string().min(1).max(128).optional().describe("Sent by newer clients; ignored."),
  })
  .meta({ id: "RequestFrame", description: "A client asks for something." });

/** The gateway answers (R5.3). */
export const responseFrame = z
  .object({
    type: z.literal("res"),
    id: z.string().describe("The id of the request; `invalid` when the request had none that could be read."),
    ok: z.boolean(),
    payload: json.optional(),
    error: errorShape.optional(),
  })
  .meta({ id: "ResponseFrame", description: "The gateway answers. `agent` answers twice with the same id." });

/** Counters of the two states that clients mirror. */
export const stateVersion = z
  .object({ presence: count, health: count })
  .meta({ id: "StateVersion", description: "Versions of the presence list and of the health snapshot." });

/** The gateway tells (R5.3). */
export const eventFrame = z
  .object({
    type: z.literal("event"),
    event: z.string(),
    payload: json.optional(),
    seq: count.optional().describe("Counts the numbered events of one connection without a gap, from 1."),
    stateVersion: stateVersion.optional(),
  })
  .meta({ id: "EventFrame", description: "The gateway tells something nobody asked for at that moment." });
