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
  readonly isPage: boolean;
  readonly isRefusedAnswer: boolean;
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
  const secrets = [endpoint.apiKey, ...Object.values(endpoint.headers)];
  const detail = redact(failure.detail, secrets).slice(0, MAX_DETAIL_LENGTH);
  const status = failure.status === undefined ? "" : ` (HTTP ${failure.status})`;
  const parts = [
    `${endpoint.reference}: ${SENTENCES[reason]}${status}${detail === "" ? "." : `: ${withStop(detail)}`}`,
    remedy(reason, { failure, endpoint, wait }),
  ];
  return new AgentError(reason, parts.join(" "), {
    provider: endpoint.provider,
    model: endpoint.id,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

const SENTENCES: Readonly<Record<AgentErrorReason, string>> = {
  authentication: "the provider refused the request's credentials",
  "rate-limit": "the provider is asked too often",
  overloaded: "the provider is failing or overloaded",
  network: "the provider could not be reached, or the connection broke",
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
  if (failure.isPage || failure.isRefusedAnswer) {
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
    case "no-credentials":
    case "internal":
      return "The gateway's log may say more (openclaw logs).";
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
function classify({ status, evidence, isRefusedAnswer }: Failure): AgentErrorReason {
  if (isRefusedAnswer) return "invalid-request";
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
    const isPage = /^\s*</u.test(body);
    return {
      status: thrown.statusCode === 200 ? undefined : thrown.statusCode,
      detail: isPage
        ? "it answered with a web page"
        : (messageIn(thrown.data) ?? messageIn(parsed(body)) ?? cause(thrown)),
      evidence: `${thrown.message}\n${body}`,
      headers: thrown.responseHeaders ?? {},
      isPage,
      isRefusedAnswer: thrown.statusCode !== undefined && thrown.statusCode >= 300 && thrown.statusCode < 400,
    };
  }
  if (thrown instanceof UnexpectedAnswer) {
    const message = messageIn(parsed(thrown.body));
    return plain(message ?? `it answered with ${thrown.contentType} instead of a stream`, message === undefined);
  }
  return plain(messageIn(thrown) ?? cause(thrown), false);
}

function plain(detail: string, isRefusedAnswer: boolean): Failure {
  return { status: undefined, detail, evidence: detail, headers: {}, isPage: false, isRefusedAnswer };
}

/** The message in an error body of any of the providers, with the machine's word for it. */
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

/** The innermost cause, with its code: "ECONNREFUSED" says more than "fetch failed". */
function cause(thrown: unknown): string {
  let current: unknown = thrown;
  for (let depth = 0; depth < 5 && current instanceof Error && current.cause instanceof Error; depth += 1) {
    current = current.cause;
  }
  if (!(current instanceof Error)) return "";
  if ("code" in current && typeof current.code === "string")
    return `${current.code} ${oneLine(current.message)}`.trim();
  return NAMED_CAUSES.get(current.name) ?? oneLine(current.message);
}

/** Errors whose own words are for programmers, or quote the answer. */
const NAMED_CAUSES: ReadonlyMap<string, string> = new Map([
  ["BrokenOff", "the answer broke off before its end"],
  ["AI_InvalidResponseDataError", "the answer broke off before its end"],
  ["AI_NoOutputGeneratedError", "the answer broke off before its end"],
  ["AI_JSONParseError", "the answer holds broken JSON"],
  ["AI_TypeValidationError", "the answer does not have the form of the API"],
]);

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
