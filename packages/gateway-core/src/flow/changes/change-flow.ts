/**
 * What people do in a chat besides writing: they edit, they react, a group becomes a larger one. None of it is a turn.
 * Every decision is one commit with what it leads to.
 */
import type { InboundChange } from "@openclaw/channels-contract";

import type { ChannelSupervisor } from "../../channels/supervisor.ts";
import type { MovedChats } from "../../channels/moved-chats.ts";
import type { Inbox, InboxEntry } from "../../inbox/inbox.ts";
import type { PendingMedia } from "../../media/pending-media.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Clock, Logger, SqlExecutor, Store } from "../../ports.ts";
import type { Overheard } from "../../sessions/overheard.ts";
import type { TurnQueue } from "../../sessions/turn-queue.ts";
import type { CommandFlow } from "../command-flow.ts";
import type { FlowSettings, InboundFlow } from "../inbound-flow.ts";
import type { TurnFlow } from "../turn-flow.ts";
import { ChatMoves } from "./chat-moves.ts";
import { Edits } from "./edits.ts";
import { Reactions } from "./reactions.ts";

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
  readonly settings: () => FlowSettings;
}

export class ChangeFlow {
  readonly #rooms: ChangeFlowRooms;
  readonly #edits: Edits;
  readonly #moves: ChatMoves;
  readonly #reactions: Reactions;

  constructor(rooms: ChangeFlowRooms) {
    this.#rooms = rooms;
    this.#moves = new ChatMoves(rooms);
    this.#edits = new Edits(rooms);
    this.#reactions = new Reactions(rooms);
  }

  /** Carries a change out. An edit of a message that nobody has decided about yet stays for a later pass. */
  async apply(entry: InboxEntry, change: InboundChange): Promise<void> {
    const outcome = await this.#outcomeOf(entry, change);
    const { channel, account } = entry;
    this.#rooms.log.debug(`inbound ${change.kind}: ${outcome}`, { inbox: entry.id, channel, account });
  }

  async #outcomeOf(entry: InboxEntry, change: InboundChange): Promise<string> {
    switch (change.kind) {
      case "edit":
        return this.#edits.apply(entry, change);
      case "reaction":
        return this.#reactions.apply(entry, change);
      case "move":
        return this.#moves.apply(entry, change);
    }
  }
}
