import * as generated from "./gen/validators.gen.js";

import type { ConnectParams } from "./entities.gen.ts";
import type { RequestFrame } from "./frames.ts";
import type { MethodName, ParamsOf } from "./table.gen.ts";

/** One complaint of a validator, in AJV's form. */
export interface ValidationError {
  /** JSON pointer to the value, empty for the root. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Says whether a value has the shape; after `false`, `errors` holds why. Read it before the next call. */
export interface Validator<T = unknown> {
  (value: unknown): value is T;
  readonly errors?: readonly ValidationError[] | null;
}

/** R5.8: every frame after the handshake, before anything else looks at it. */
export const validateRequestFrame: Validator<RequestFrame> = generated.validateRequestFrame;
/** The parameters of the first request. */
export const validateConnectParams: Validator<ConnectParams> = generated.validateConnectParams;
/** The parameters of every other method, ignored ones allowed. */
export const paramsValidators: { readonly [M in MethodName]: Validator<ParamsOf<M>> } = generated.paramsValidators;

/** In characters. */
const LONGEST_NAME = 120;
const MAXIMUM_COMPLAINTS = 4;

/**
 * The complaints as one line that names what was wrong and where, for example
 * `at /client/id: must be equal to one of the allowed values (cli, ui)` or `at root: unexpected property 'foo'`.
 */
export function formatValidationErrors(errors: readonly ValidationError[] | null | undefined): string {
  if (!errors || errors.length === 0) return "unknown validation error";
  const lines = new Set(errors.filter((error) => !isWrapper(error, errors)).map((error) => formatOne(error)));
  return [...lines].slice(0, MAXIMUM_COMPLAINTS).join("; ");
}

/** "must match a schema in anyOf" says nothing once the alternatives have spoken. */
function isWrapper(error: ValidationError, all: readonly ValidationError[]): boolean {
  return all.length > 1 && (error.keyword === "anyOf" || error.keyword === "oneOf" || error.keyword === "if");
}

function formatOne(error: ValidationError): string {
  const path = shortened(error.instancePath);
  const at = path === "" ? "" : `at ${path}: `;
  if (error.keyword === "additionalProperties") {
    const name = shortened(String(error.params["additionalProperty"]));
    return `at ${path === "" ? "root" : path}: unexpected property '${name}'`;
  }
  const allowed = error.params["allowedValues"];
  if (error.keyword === "enum" && Array.isArray(allowed)) {
    return `${at}must be equal to one of the allowed values (${allowed.map(String).join(", ")})`;
  }
  return `${at}${error.message ?? "is invalid"}`;
}

/** Names come from the sender, and may be as long as a message. */
function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
}
