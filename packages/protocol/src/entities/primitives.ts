import * as z from "zod";

/** An instant: milliseconds since the epoch. */
export const timestamp = z.int().nonnegative();
/** A duration in milliseconds. */
export const milliseconds = z.int().nonnegative();
/** A number of things. */
export const count = z.int().nonnegative();

/** An identifier or a name of one of the wire's things. */
export const identifier = z.string().min(1).max(256);
/** One line for people: a display name, a label, a platform. */
export const line = z.string().max(1024);
/** The text of one message, at most 1,048,576 characters. */
export const messageText = z.string().max(1_048_576);
/** A short list of short words, such as scopes, capabilities or commands. */
export const words = z.array(z.string().max(256)).max(512);

/** Names a session: `agent:<agentId>:<rest>`, or a short form such as `main`. */
export const sessionKey = z.string().min(1).max(512);
/** Chosen by the client; the same key gets the same answer, across restarts. */
export const idempotencyKey = z.string().min(1).max(256);
/** JSON of any shape. */
export const json = z.unknown();
/** A JSON object of any shape. */
export const jsonObject = z.record(z.string(), z.unknown());
