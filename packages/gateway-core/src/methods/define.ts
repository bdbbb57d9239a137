import type { MethodName, ParamsOf, ResultOf } from "@openclaw/protocol";

import type { ApprovalsStore } from "@openclaw/exec-host";

import type { ChannelSupervisor } from "../channels/supervisor.ts";
import type { ConfigEditor } from "../config/edit/config-editor.ts";
import type { ConfigRuntime } from "../config/runtime.ts";
import type { Caller } from "../connection/caller.ts";
import type { Devices } from "../devices/devices.ts";
import type { EventBus } from "../events/bus.ts";
import type { Approvers } from "../exec-approvals/approvers.ts";
import type { ExecApprovals } from "../exec-approvals/exec-approvals.ts";
import type { HealthMonitor } from "../health/health.ts";
import type { IdempotencyStore } from "../idempotency/idempotency.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { LogFile } from "../logging/log-file.ts";
import type { MediaStore } from "../media/media-store.ts";
import type { MediaFlow } from "../flow/media-flow.ts";
import type { MessageFlow } from "../message-flow.ts";
import type { Nodes } from "../nodes/nodes.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { PairingStore } from "../policy/pairing.ts";
import type { AcceptedAnswer, Agent, Clock, Ids, Logger, Store } from "../ports.ts";
import type { Presence } from "../presence/presence.ts";
import type { SessionWatch } from "../flow/session-watch.ts";
import type { ScheduledFlow } from "../flow/scheduled-flow.ts";
import type { Skills } from "../skills/skills.ts";
import type { UsageBook } from "../usage/usage-book.ts";
import type { SessionStore } from "../sessions/session-store.ts";

export type { Caller };

/** The rooms, as a handler sees them. */
export interface Services {
  readonly agent: Agent;
  readonly approvalsFile: ApprovalsStore;
  readonly approvers: Approvers;
  readonly channels: ChannelSupervisor;
  readonly clock: Clock;
  readonly config: ConfigRuntime;
  readonly devices: Devices;
  readonly configEditor: ConfigEditor;
  readonly events: EventBus;
  readonly execApprovals: ExecApprovals;
  readonly health: HealthMonitor;
  readonly idempotency: IdempotencyStore;
  readonly ids: Ids;
  readonly inbox: Inbox;
  readonly log: Logger;
  readonly logFile: LogFile;
  readonly media: MediaStore;
  readonly mediaFlow: MediaFlow;
  readonly messages: MessageFlow;
  readonly nodes: Nodes;
  readonly outbox: Outbox;
  readonly pairing: PairingStore;
  readonly presence: Presence;
  readonly scheduled: ScheduledFlow;
  readonly sessions: SessionStore;
  readonly skills: Skills;
  readonly sessionWatch: SessionWatch;
  readonly store: Store;
  readonly usage: UsageBook;
}

export interface CallContext extends Services {
  readonly caller: Caller;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
}

/** What a handler may return: the answer, or for a method with two answers the first with a promise of the second. */
export type Answer<M extends MethodName> = ResultOf<M> | AcceptedAnswer<M>;

export type Handler<M extends MethodName> = (
  params: ParamsOf<M>,
  context: CallContext,
) => Answer<M> | Promise<Answer<M>>;

/** The connection of calls that the tools of a turn make. */
export const TURN_CONNECTION = "inside:turn";

/** Who a caller is to the idempotency of its requests: its device, or else its kind of client. */
export function idempotencyClient(caller: Caller): string {
  return caller.deviceId ?? caller.client.id;
}

/** Types a handler by the contract of the method it serves. */
export function defineHandler<M extends MethodName>(_method: M, handler: Handler<M>): Handler<M> {
  return handler;
}
