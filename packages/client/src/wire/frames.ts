import type { ErrorCode, ErrorShape, EventFrame, ResponseFrame, StateVersion } from "@openclaw/protocol";

/** What a gateway may send. */
export type ServerFrame = ResponseFrame | EventFrame;

/**
 * Reads one message from a gateway. Undefined for anything that is not a response or an event: what arrives is
 * checked, never trusted, and members of an unexpected type are left out.
 */
export function decodeServerFrame(text: string): ServerFrame | undefined {
  const frame = parseObject(text);
  if (frame?.["type"] === "res") return decodeResponse(frame);
  if (frame?.["type"] === "event") return decodeEvent(frame);
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function decodeResponse(frame: Record<string, unknown>): ResponseFrame | undefined {
  const { id, ok, payload, error } = frame;
  if (typeof id !== "string" || typeof ok !== "boolean") return undefined;
  return { type: "res", id, ok, payload, ...(ok ? {} : { error: decodeError(error) }) };
}

function decodeError(error: unknown): ErrorShape {
  const shape = isRecord(error) ? error : {};
  const { code, message, details, retryable, retryAfterMs } = shape;
  return {
    code: isErrorCode(code) ? code : "UNAVAILABLE",
    message: typeof message === "string" ? message : "The gateway refused the request without saying why.",
    ...(details === undefined ? {} : { details }),
    ...(typeof retryable === "boolean" ? { retryable } : {}),
    ...(isDuration(retryAfterMs) ? { retryAfterMs } : {}),
  };
}

/** Any string: a newer gateway may send codes that this version does not list, and callers want to see them. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string";
}

function decodeEvent(frame: Record<string, unknown>): EventFrame | undefined {
  const { event, payload, seq, stateVersion } = frame;
  if (typeof event !== "string") return undefined;
  return {
    type: "event",
    event,
    payload,
    ...(typeof seq === "number" && Number.isSafeInteger(seq) ? { seq } : {}),
    ...(isStateVersion(stateVersion) ? { stateVersion } : {}),
  };
}

function isStateVersion(value: unknown): value is StateVersion {
  return isRecord(value) && typeof value["presence"] === "number" && typeof value["health"] === "number";
}

/** A finite number of milliseconds, not below zero. */
export function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
