/**
 * What people do in a chat besides writing: they edit, they react, a group becomes a larger one. None of it is a turn.
 * Every decision is one commit with what it leads to.
 */
import type { InboundChange } from "@openclaw/channels-contract";

import type { InboxEntry } from "../../inbox/inbox.ts";
import type { ChangeFlowRooms } from "./change-rooms.ts";
import { ChatMoves } from "./chat-moves.ts";
import { Edits } from "./edits.ts";
import { Reactions } from "./reactions.ts";

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
