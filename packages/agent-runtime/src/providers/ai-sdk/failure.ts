import { AgentError, type AgentErrorReason } from "@openclaw/gateway-core/ports";
import { APICallError } from "ai";

import type { ModelEndpoint } from "../../models/resolve.ts";
import { redact } from "../redact.ts";
import { retryAfterMs } from "./retry-after.ts";
import { UnexpectedAnswer } from "./unexpected-answer.ts";

const MAX_DETAIL_LENGTH = 300;

/** What is known of a failed call, whatever threw it. */
interface Failure {
  readonly status: number | undefined;
  /** What the provider said, for people. */
  readonly detail: string;
  /** Everything the provider said, to be searched for words that tell more than the status. */
  readonly evidence: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What came back is no answer of this API at all: a web page, a redirect, something in another form. */
  readonly isForeign: boolean;
  /** A mistake in a program, not an event on the network. */
  readonly isDefect: boolean;
}

/**
 * The one way from whatever a provider call throws to what a person reads: which model, what happened, the HTTP
 * status, and what to do. The original error is left behind, because it holds the request and its key.
 */
export function toAgentError(thrown: unknown, endpoint: ModelEndpoint, now: number): AgentError {
  if (thrown instanceof AgentError) return thrown;
  const failure = examine(thrown);
  const reason = classify(failure);
  const wait = reason === "rate-limit" || reason === "overloaded" ? retryAfterMs(failure.headers, now) : undefined;
  const detail = withoutSecrets(failure.detail, endpoint).slice(0, MAX_DETAIL_LENGTH);
  const status = failure.status === undefined ? "" : ` (HTTP ${failure.status})`;
  const parts = [
    `${endpoint.reference}: ${failure.isForeign ? FOREIGN : SENTENCES[reason]}${status}${detail === "" ? "." : `: ${withStop(detail)}`}`,
    remedy(reason, { failure, endpoint, wait }),
  ];
  return new AgentError(reason, parts.join(" "), {
    provider: endpoint.provider,
    model: endpoint.id,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

/** A text that may go into a log or to a person. */
export function withoutSecrets(text: string, endpoint: ModelEndpoint): string {
  return redact(text, [endpoint.apiKey, ...Object.values(endpoint.headers)]);
}

const FOREIGN = "what came back is not an answer of the model API";

const SENTENCES: Readonly<Record<AgentErrorReason, string>> = {
  authentication: "the provider refused the request's credentials",
  "rate-limit": "the provider is asked too often",
  overloaded: "the provider is failing or overloaded",
  network: "the connection to the provider failed",
  "invalid-request": "the provider refused the request",
  "context-length": "the conversation is longer than the model can read",
  "unknown-model": "the provider does not know this model",
  "no-credentials": "no API key is set",
  internal: "the call failed inside the gateway",
};

interface RemedyInput {
  readonly failure: Failure;
  readonly endpoint: ModelEndpoint;
  readonly wait: number | undefined;
}

function remedy(reason: AgentErrorReason, { failure, endpoint, wait }: RemedyInput): string {
  const baseUrl = `models.providers.${endpoint.provider}.baseUrl`;
  if (failure.isForeign) {
    return `Check that ${baseUrl} is the address of the API (now at ${hostOf(endpoint)}).`;
  }
  switch (reason) {
    case "authentication":
      return BILLING.test(failure.evidence)
        ? "Check the credit and the plan of the account at the provider."
        : `Check the key. ${endpoint.keyRemedy}`;
    case "rate-limit":
    case "overloaded":
      return wait === undefined
        ? "Try again later, or name other models in agents.defaults.model.fallbacks."
        : `Try again in ${Math.ceil(wait / 1000)} s, or name other models in agents.defaults.model.fallbacks.`;
    case "network":
      return `Check the network and that ${hostOf(endpoint)} answers (${baseUrl}).`;
    case "context-length":
      return "Begin a new session, or use a model with a larger context window.";
    case "unknown-model":
      return `Check the model's name and ${baseUrl}.`;
    case "invalid-request":
      return `Check the settings of the model under models.providers.${endpoint.provider}, and the schemas of the tools.`;
    case "no-credentials":
      return endpoint.keyRemedy;
    case "internal":
      return "The gateway's log names the cause (openclaw logs).";
  }
}

const BILLING =
  /insufficient[_ ](?:quota|credit|balance|funds)|billing|credit balance|payment required|exceeded your current quota/iu;
const CONTEXT =
  /context[_ ]length|maximum context|context window|prompt is too long|too many (?:input )?tokens|input token count|request_too_large/iu;
const BAD_KEY =
  /invalid[_ ]api[_ ]key|api[_ ]key[_ ](?:not valid|invalid)|incorrect api key|authentication_error|unauthorized|permission_(?:error|denied)/iu;
const NO_MODEL = /model[_ ]not[_ ]found|unknown model|model .{0,80} (?:does not exist|not found)/iu;
const RATE = /rate[_ ]limit|too many requests|resource_exhausted/iu;
const OVERLOAD = /overloaded|server_error|internal_error|service unavailable|api_error/iu;

/** Words come before the status where providers use one status for several things. */
function classify({ status, evidence, isForeign, isDefect }: Failure): AgentErrorReason {
  if (isDefect) return "internal";
  if (isForeign && (status === undefined || status < 400)) return "network";
  if (status === 402 || BILLING.test(evidence)) return "authentication";
  if (status === 401 || status === 403) return "authentication";
  if (status === 404) return "unknown-model";
  if (status === 413) return "context-length";
  if (status === 429) return "rate-limit";
  if (status === 408) return "network";
  if (status !== undefined && status >= 500) return "overloaded";
  if (BAD_KEY.test(evidence)) return "authentication";
  if (CONTEXT.test(evidence)) return "context-length";
  if (NO_MODEL.test(evidence)) return "unknown-model";
  if (status !== undefined) return "invalid-request";
  if (RATE.test(evidence)) return "rate-limit";
  if (OVERLOAD.test(evidence)) return "overloaded";
  return "network";
}

function examine(thrown: unknown): Failure {
  if (APICallError.isInstance(thrown)) {
    const body = thrown.responseBody ?? "";
    const status = thrown.statusCode === 200 ? undefined : thrown.statusCode;
    const isPage = /^\s*</u.test(body);
    const isRedirect = status !== undefined && status >= 300 && status < 400;
    const detail = messageIn(thrown.data) ?? messageIn(parsed(body)) ?? cause(thrown);
    return {
      status,
      detail: isPage ? "it is a web page" : isRedirect ? "it is a redirect, which is not followed" : detail,
      evidence: `${thrown.message}\n${body}`,
      headers: thrown.responseHeaders ?? {},
      isForeign: isPage || isRedirect || UNREADABLE.has(causeName(thrown)),
      isDefect: false,
    };
  }
  if (thrown instanceof UnexpectedAnswer) {
    const message = messageIn(parsed(thrown.body));
    return inWords(message ?? `it is ${thrown.contentType}`, message === undefined);
  }
  const failure = inWords(messageIn(thrown) ?? cause(thrown), UNREADABLE.has(causeName(thrown)));
  return { ...failure, isDefect: isDefect(thrown) };
}

function inWords(detail: string, isForeign: boolean): Failure {
  return { status: undefined, detail, evidence: detail, headers: {}, isForeign, isDefect: false };
}

/** `fetch` reports a broken connection as a TypeError too, with these words. */
function isDefect(thrown: unknown): boolean {
  const isProgrammers = thrown instanceof TypeError || thrown instanceof ReferenceError || thrown instanceof RangeError;
  return isProgrammers && !/^(?:terminated|fetch failed|network error)$/iu.test(thrown.message);
}

/** The message in an error body of any of the providers. */
function messageIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || data instanceof Error) return undefined;
  if ("error" in data) return messageIn(data.error) ?? (typeof data.error === "string" ? data.error : undefined);
  if (!("message" in data) || typeof data.message !== "string") return undefined;
  return oneLine(data.message);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Errors whose own words are for programmers, or quote the answer. */
const BROKEN_OFF: ReadonlySet<string> = new Set([
  "BrokenOff",
  "AI_InvalidResponseDataError",
  "AI_NoOutputGeneratedError",
]);
const UNREADABLE: ReadonlySet<string> = new Set(["AI_JSONParseError", "AI_TypeValidationError"]);

/** The innermost cause, with its code: "ECONNREFUSED" says more than "fetch failed". */
function cause(thrown: unknown): string {
  if (BROKEN_OFF.has(causeName(thrown))) return "the answer broke off before its end";
  if (UNREADABLE.has(causeName(thrown))) return "it does not have the API's form";
  const innermost = causes(thrown).at(-1);
  if (innermost === undefined) return "";
  const code = "code" in innermost && typeof innermost.code === "string" ? innermost.code : "";
  if (code === "") return oneLine(innermost.message);
  return `${CONNECTION_WORDS.get(code) ?? oneLine(innermost.message)} (${code})`;
}

const CONNECTION_WORDS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing listens there"],
  ["ECONNRESET", "the connection broke"],
  ["UND_ERR_SOCKET", "the connection broke"],
  ["ENOTFOUND", "the host name is unknown"],
  ["EAI_AGAIN", "the name service does not answer"],
  ["ETIMEDOUT", "no connection came about in time"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection came about in time"],
]);

/** The name of the first error in the chain that says what happened. */
function causeName(thrown: unknown): string {
  return causes(thrown).find(({ name }) => BROKEN_OFF.has(name) || UNREADABLE.has(name))?.name ?? "";
}

function causes(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let current = thrown; current instanceof Error && chain.length < 6; current = current.cause) chain.push(current);
  return chain;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

function withStop(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}

/** Host and port only: an address may hold a key. */
function hostOf(endpoint: ModelEndpoint): string {
  return URL.parse(endpoint.baseUrl)?.host ?? "the configured address";
}
