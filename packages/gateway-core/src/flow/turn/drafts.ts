/**
 * Replies while they are written, for platforms that show such drafts. A draft is no message and leaves no row: the
 * reply itself is one, and a process that dies with a draft on the screen loses nothing and repeats nothing.
 */
import { createHash } from "node:crypto";

import type { DraftBlocks, DraftCapability } from "@openclaw/channels-contract";
import type { EventPayload } from "@openclaw/protocol";

import type { ChannelSupervisor } from "../../channels/supervisor.ts";
import type { EventBus } from "../../events/bus.ts";
import type { Clock, Logger } from "../../ports.ts";
import type { Route, Session, SessionStore } from "../../sessions/session-store.ts";
import type { TurnQueue } from "../../sessions/turn-queue.ts";

/** Turns beyond this many are answered without drafts. */
const MAX_OPEN = 64;

export interface DraftRooms {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventBus;
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
  readonly channels: () => ChannelSupervisor;
  /** Whether what is said in a session is delivered to its chat. */
  readonly maySend: (session: Session) => boolean;
}

interface OpenDraft {
  readonly end: AbortController;
  written: string;
  shown: string;
  isBusy: boolean;
}

interface Stage {
  readonly drafts: DraftCapability;
  readonly to: Route;
  readonly id: number;
  readonly maxLength: number;
}

/** Follows the chat events of turns, and shows what they say so far where it is wanted. */
export class Drafts implements Disposable {
  readonly #rooms: DraftRooms;
  readonly #open = new Map<string, OpenDraft>();
  readonly #listening: Disposable;

  constructor(rooms: DraftRooms) {
    this.#rooms = rooms;
    this.#listening = rooms.events.on("chat", (payload) => this.#hear(payload));
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    for (const runId of this.#open.keys()) this.#end(runId);
  }

  #hear(payload: EventPayload<"chat">): void {
    const { runId } = payload;
    if (payload.state !== "delta") return this.#end(runId);
    const known = this.#open.get(runId);
    if (!known && this.#open.size >= MAX_OPEN) return;
    const draft = known ?? { end: new AbortController(), written: "", shown: "", isBusy: false };
    this.#open.set(runId, draft);
    draft.written += payload.deltaText;
    if (!draft.isBusy) void this.#show(runId, draft);
  }

  /** The reply is there, or none will be: nothing of the draft may come after it. */
  #end(runId: string): void {
    this.#open.get(runId)?.end.abort();
    this.#open.delete(runId);
  }

  /** Shows the newest state until nothing newer is there. A failure ends the drafts of this turn, and nothing else. */
  async #show(runId: string, draft: OpenDraft): Promise<void> {
    const { signal } = draft.end;
    draft.isBusy = true;
    try {
      const stage = await this.#stageOf(runId);
      // Without a stage the turn stays busy, and is not looked at again.
      if (!stage) return;
      for (;;) {
        const text = draft.written.slice(0, draftLength(draft.written, draft.shown.length, stage.drafts.blocks));
        if (signal.aborted || text === draft.shown || text.trim() === "") break;
        await stage.drafts.show(stage.to, { id: stage.id, text: newestOf(text, stage.maxLength) }, signal);
        draft.shown = text;
        await this.#rooms.clock.sleep(stage.drafts.intervalMs, signal);
      }
      draft.isBusy = false;
    } catch (error) {
      if (!signal.aborted) this.#rooms.log.debug("a draft can not be shown", { runId, error });
    }
  }

  async #stageOf(runId: string): Promise<Stage | undefined> {
    const { turnQueue, sessions, channels, maySend } = this.#rooms;
    const turn = await turnQueue.get(runId);
    if (!turn?.route) return undefined;
    const { channel, account } = turn.route;
    const drafts = channels().channel(channel, account)?.drafts;
    if (!drafts?.shows(turn.route)) return undefined;
    const session = await sessions.get(turn.sessionKey);
    if (session && !maySend(session)) return undefined;
    const { maxTextLength: maxLength } = channels().capabilities(channel, account);
    return { drafts, to: turn.route, id: draftId(runId), maxLength };
  }
}

/** How much of a text is shown: all of it, or whole blocks of it. Never less than was shown before. */
export function draftLength(text: string, shown: number, blocks: DraftBlocks | undefined): number {
  if (!blocks) return text.length;
  let length = shown;
  for (;;) {
    const size = blockSize(text.slice(length), blocks);
    if (size === 0) return length;
    length += size;
  }
}

/** The ellipsis is escaped: as a character it would be in the bundle, which V8 then keeps with two bytes for each. */
const BREAKS = { paragraph: /\n\s*\n/gu, newline: /\n/gu, sentence: /[.!?\u2026]["')\]]*\s/gu } as const;
const ORDER = ["paragraph", "newline", "sentence"] as const;

/** The end of the last break between the limits, of the preferred kind if there is one; 0 while a block is too short. */
function blockSize(rest: string, { minChars, maxChars, breakPreference }: DraftBlocks): number {
  if (rest.length < Math.max(minChars, 1)) return 0;
  const window = rest.slice(0, maxChars);
  for (const kind of ORDER.slice(ORDER.indexOf(breakPreference))) {
    const ends = [...window.matchAll(BREAKS[kind])].map((found) => found.index + found[0].length);
    const end = ends.findLast((at) => at >= minChars);
    if (end !== undefined) return end;
  }
  return rest.length >= maxChars ? maxChars : 0;
}

/** A reply that is longer than a message goes on in the next one: its newest part is what is being written. */
function newestOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `…${text.slice(1 - maxLength)}`;
}

/** The same number for the same turn, after a restart too. */
function draftId(runId: string): number {
  return createHash("sha256").update(runId).digest().readUInt32BE() & 0x7fffffff || 1;
}
