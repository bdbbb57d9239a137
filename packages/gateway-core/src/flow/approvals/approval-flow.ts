import { ApprovalsStore } from "@openclaw/exec-host";

import type { ChannelSupervisor } from "../../channels/supervisor.ts";
import type { ConfigRuntime } from "../../config/runtime.ts";
import type { EventBus } from "../../events/bus.ts";
import { GatewayError } from "../../errors.ts";
import { Approvers } from "../../exec-approvals/approvers.ts";
import { ChatForward, type ForwardTarget } from "../../exec-approvals/chat-forward.ts";
import { type ChatPlace, ExecApprovals } from "../../exec-approvals/exec-approvals.ts";
import { sendTarget } from "../../methods/send-target.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Clock, Ids, Logger, Store } from "../../ports.ts";
import type { SessionStore } from "../../sessions/session-store.ts";

export interface ApprovalRooms {
  readonly config: ConfigRuntime;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
}

/** What of a gateway has to do with approving commands. */
export interface ApprovalParts {
  readonly execApprovals: ExecApprovals;
  /** Told of the connections that come and go. */
  readonly approvers: Approvers;
  /** What may run on this machine. */
  readonly approvalsFile: ApprovalsStore;
}

/** Commands that wait for an operator: who is asked, over the control plane and in chats. */
export function openApprovals(rooms: ApprovalRooms): ApprovalParts {
  const { config, store, clock, ids, events } = rooms;
  const log = rooms.log.child("approvals");
  const approvers = new Approvers();
  const chats = new ChatForward({
    clock,
    log,
    settings: () => config.current.approvals?.exec,
    sessionPlace: async (sessionKey) => (await rooms.sessions.get(sessionKey))?.route,
    targetPlace: (target) => targetPlace(rooms.channels(), target),
    send: (place, text, deadlineAt) => send(rooms, place, { text, deadlineAt }),
  });
  const execApprovals = new ExecApprovals({
    store,
    clock,
    ids,
    log,
    publish: (event, payload) => events.publish(event, payload),
    isAnyApproverBeside: (connectionId) => approvers.isAnyBeside(connectionId),
    chats,
  });
  return { execApprovals, approvers, approvalsFile: new ApprovalsStore(config.paths.approvalsFile) };
}

function targetPlace(channels: ChannelSupervisor, { channel, to, accountId, threadId }: ForwardTarget): ChatPlace {
  return sendTarget(
    { channels },
    {
      channel,
      to: String(to),
      ...(accountId === undefined ? {} : { accountId }),
      ...(threadId === undefined ? {} : { threadId }),
    },
  );
}

async function send(
  { store, outbox }: ApprovalRooms,
  place: ChatPlace,
  message: { readonly text: string; readonly deadlineAt: number },
): Promise<void> {
  const rows = await store.transaction((sql) => outbox.enqueue(sql, { ...place, ...message }));
  outbox.wake(rows);
}

/** A decision that somebody gives in a chat. */
export interface ChatApproval {
  /** The id of what waits, or its beginning. */
  readonly id: string;
  readonly decision: string;
  readonly by: string;
}

const DECIDED = { approved: "Approved.", denied: "Refused.", expired: "It ran out.", pending: "It waits." };

/** Takes a decision from a chat whose sender may give it; answers what to say to that. */
export async function decideFromChat(
  execApprovals: ExecApprovals,
  { id, decision, by }: ChatApproval,
): Promise<string> {
  const waiting = execApprovals.pendingLike(id);
  if (!waiting) return "No command waits under this id: it was decided about, ran out, or never was.";
  try {
    const { status } = await execApprovals.resolve(waiting.id, decision, { kind: "chat", name: by });
    return DECIDED[status];
  } catch (error) {
    if (error instanceof GatewayError) return `That was not taken: ${error.message}.`;
    throw error;
  }
}
