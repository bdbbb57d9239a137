import type { EventPayload } from "@openclaw/protocol";

export type Decision = EventPayload<"exec.approval.resolved">["decision"];
/** What operators are shown of a command. What is not known of it is null. */
export type ApprovalRequest = EventPayload<"exec.approval.requested">["request"];

/** What somebody asks operators about. */
export interface ApprovalQuestion {
  /** Made up when absent. */
  readonly id?: string | undefined;
  readonly request: Omit<ApprovalRequest, "allowedDecisions" | "commandAnalysis">;
  readonly unavailableDecisions?: readonly Decision[] | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Who asks. */
export interface Requester {
  /** The same for one asker across its connections, where that is known: only it hears of the decision later. */
  readonly key: string;
  readonly connectionId: string;
  /** The question is answered with nothing at once when nobody is there to answer it. */
  readonly needsRoute: boolean;
}

/** Who decides. */
export interface Resolver {
  readonly kind: "operator" | "chat";
  /** For people: a name, or the program they use. */
  readonly name: string;
  readonly connectionId?: string;
}

/** Why an approval is over. */
export type TerminalReason = "user" | "timeout" | "no-route" | "cancelled" | "gateway-restart";

export interface Approval {
  readonly id: string;
  readonly request: ApprovalRequest;
  readonly requester: string;
  readonly status: "pending" | "approved" | "denied" | "expired";
  /** Absent while it waits, and when nobody decided. */
  readonly decision?: Decision;
  readonly reason?: TerminalReason;
  readonly resolver?: { readonly kind: string; readonly id: string };
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly resolvedAt?: number;
}

/** How an approval ends. */
export interface Ending {
  readonly status: Exclude<Approval["status"], "pending">;
  readonly decision?: Decision;
  readonly reason: TerminalReason;
  readonly resolver: { readonly kind: string; readonly id: string };
}

export const ENDINGS = {
  timeout: { status: "expired", reason: "timeout", resolver: { kind: "system", id: "timeout" } },
  noRoute: { status: "denied", reason: "no-route", resolver: { kind: "system", id: "no-approval-route" } },
  cancelled: { status: "denied", reason: "cancelled", resolver: { kind: "system", id: "requester-gone" } },
  restart: { status: "denied", reason: "gateway-restart", resolver: { kind: "system", id: "gateway-restart" } },
} as const satisfies Record<string, Ending>;
