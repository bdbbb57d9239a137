import type { ChannelSupervisor } from "../../channels/supervisor.ts";
import type { MovedChats } from "../../channels/moved-chats.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import type { PendingMedia } from "../../media/pending-media.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Clock, Logger, SqlExecutor, Store } from "../../ports.ts";
import type { Overheard } from "../../sessions/overheard.ts";
import type { TurnQueue } from "../../sessions/turn-queue.ts";
import type { CommandFlow } from "../command-flow.ts";
import type { FlowSettings, InboundFlow } from "../inbound-flow.ts";
import type { TurnFlow } from "../turn-flow.ts";
import type { MovedChat } from "./move-sessions.ts";

/** What the steps that follow a change work with. */
export interface ChangeFlowRooms {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly turnQueue: TurnQueue;
  readonly overheard: Overheard;
  readonly pendingMedia: PendingMedia;
  readonly outbox: Outbox;
  readonly channels: () => ChannelSupervisor;
  readonly commands: CommandFlow;
  readonly inbound: InboundFlow;
  readonly turns: TurnFlow;
  readonly movedChats: MovedChats;
  /** Leaves a line for a session's next turn. */
  readonly addNote: (sql: SqlExecutor, sessionKey: string, line: string) => Promise<void>;
  /** Puts a group under its new id in the configuration file. Answers whether that was needed and wanted. */
  readonly renameGroup: (chat: MovedChat) => Promise<boolean>;
  readonly settings: () => FlowSettings;
}
