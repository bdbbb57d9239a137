import { parseShellLine, visibleText } from "@openclaw/exec-host";

import { GatewayError } from "../errors.ts";
import type { Approval, ApprovalQuestion, ApprovalRequest, Decision } from "./approval.ts";

const DECISIONS: readonly Decision[] = ["allow-once", "allow-always", "deny"];
const DEFAULT_TIMEOUT_MS = 120_000;
/** What can stand in an address and behind `/approve` without quotes. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/u;

/** A question as it is kept while it waits. Throws INVALID_REQUEST for an id that can not be written. */
export function toApproval(
  question: ApprovalQuestion,
  { requester, now, newId }: { readonly requester: string; readonly now: number; readonly newId: () => string },
): Approval {
  const id = question.id ?? newId();
  if (!ID.test(id)) {
    throw new GatewayError(
      "INVALID_REQUEST",
      "an approval id is 1 to 128 letters, digits and . _ : -, beginning with a letter or digit; or leave it out",
    );
  }
  const timeoutMs = question.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const request: ApprovalRequest = {
    ...question.request,
    commandAnalysis: analysisOf(question.request.command),
    allowedDecisions: allowedDecisions(question),
  };
  return { id, request, requester, status: "pending", createdAt: now, expiresAt: now + timeoutMs };
}

/** A word of a client as a decision. Throws INVALID_REQUEST. */
export function toDecision(word: string): Decision {
  const decision = DECISIONS.find((known) => known === word);
  if (decision === undefined) throw new GatewayError("INVALID_REQUEST", "invalid decision");
  return decision;
}

/** "allow-always" is no answer to what has to be asked about every time. "deny" always is one. */
function allowedDecisions({ request, unavailableDecisions = [] }: ApprovalQuestion): Decision[] {
  const isAlwaysAsked = request.ask === "always";
  return DECISIONS.filter(
    (decision) =>
      decision === "deny" ||
      (!unavailableDecisions.includes(decision) && !(decision === "allow-always" && isAlwaysAsked)),
  );
}

/** What an operator should know before reading the command itself. */
function analysisOf(command: string): NonNullable<ApprovalRequest["commandAnalysis"]> {
  const line = parseShellLine(command);
  const warningLines = [
    ...(line.kind === "opaque" ? [`What it runs can not be told from its text: ${line.why}.`] : []),
    ...(visibleText(command) === command ? [] : ["It has characters in it that do not show."]),
  ];
  return {
    commandCount: line.kind === "parsed" ? line.segments.length : 1,
    nestedCommandCount: 0,
    riskKinds: [],
    warningLines,
  };
}
