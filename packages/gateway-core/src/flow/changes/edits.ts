import type { InboundMessage, MessageEdit } from "@openclaw/channels-contract";

import { promptText } from "../../agent/prompt-text.ts";
import type { InboxEntry, SettledEntry } from "../../inbox/inbox.ts";
import type { Decision } from "../../policy/policy.ts";
import type { Turn } from "../../sessions/turn.ts";
import { mergeParts } from "./album.ts";
import type { PlacedMessage } from "../inbound-turn.ts";
import type { ChangeFlowRooms } from "./change-rooms.ts";
import { noteLine } from "./note-line.ts";

/** An edit with what it changes: the whole message, an album too, before and after it. */
interface OpenEdit {
  readonly entry: InboxEntry;
  readonly original: SettledEntry;
  /** The part that was edited, as it reads now. */
  readonly edited: InboundMessage;
  readonly before: InboundMessage;
  readonly after: InboundMessage;
}

type Heard = Extract<Decision, { action: "answer" | "overhear" }>;

/** Edits of messages: they change what waits, and never begin a turn. */
export class Edits {
  readonly #rooms: ChangeFlowRooms;

  constructor(rooms: ChangeFlowRooms) {
    this.#rooms = rooms;
  }

  /** Answers what became of the edit. */
  async apply(entry: InboxEntry, edit: MessageEdit): Promise<string> {
    const { inbox, inbound } = this.#rooms;
    const original = await inbox.find(entry, edit.recordedAs);
    if (!original) return this.#ignore(entry, "the message it changes is not known");
    if (original.state === "received") return "it waits for the message it changes";
    const open = await this.#open(entry, { original, edited: edit.message });
    if (!open) return this.#ignore(entry, "the message it changes can not be read");
    const judged = await inbound.judge(entry, open.after);
    if (!judged) return this.#ignore(entry, "its account is no longer configured");
    const { placed, decision } = judged;
    if (decision.action === "ignore") return this.#ignore(entry, decision.reason);
    if (decision.action === "pair") return this.#ignore(entry, "the sender is not paired");
    if (original.runId === undefined) return this.#changeOverheard(open, placed);
    const turn = await this.#rooms.turnQueue.get(original.runId);
    if (!turn) return this.#ignore(entry, "the message it changes was a command");
    return (await this.#changeWaiting(open, turn, { placed, heard: decision })) ?? this.#tell(open, turn);
  }

  async #open(
    entry: InboxEntry,
    { original, edited }: { original: SettledEntry; edited: InboundMessage },
  ): Promise<OpenEdit | undefined> {
    const { inbox } = this.#rooms;
    const before: InboundMessage[] = [];
    const after: InboundMessage[] = [];
    for (const part of await inbox.album(original)) {
      // A part that came too late was a message of its own.
      if (part.id !== original.id && part.runId !== original.runId) continue;
      const known = this.#read(await inbox.newestVersion(part));
      if (!known) return undefined;
      before.push(known);
      after.push(part.id === original.id ? edited : known);
    }
    const [first, ...others] = before;
    const [firstAfter, ...othersAfter] = after;
    if (!first || !firstAfter) return undefined;
    return {
      entry,
      original,
      edited,
      before: mergeParts([first, ...others]),
      after: mergeParts([firstAfter, ...othersAfter]),
    };
  }

  #read({ channel, account, raw }: InboxEntry): InboundMessage | undefined {
    const instance = this.#rooms.channels().channel(channel, account);
    const message = instance?.parse(raw);
    if (message) return message;
    const change = instance?.parseChange?.(raw);
    return change?.kind === "edit" ? change.message : undefined;
  }

  /** The message was not answered: only what is kept of it can change. */
  async #changeOverheard({ entry, original, before, after }: OpenEdit, { sessionKey }: PlacedMessage): Promise<string> {
    const { store, inbox, overheard } = this.#rooms;
    return store.transaction(async (sql) => {
      const line = { from: promptText(before), to: promptText(after) };
      const isChanged = await overheard.replace(sql, sessionKey, line);
      const reason = isChanged ? "what is kept of the message is changed" : "the message it changes was not answered";
      await inbox.settleEdit(sql, { entry, original }, { state: "ignored", reason });
      return reason;
    });
  }

  /** Puts the new words in the place of the old ones in a turn that was not begun; undefined when it was. */
  async #changeWaiting(
    { entry, original, before, after }: OpenEdit,
    turn: Turn,
    { placed, heard }: { placed: PlacedMessage; heard: Heard },
  ): Promise<string | undefined> {
    const { store, inbox, turnQueue, pendingMedia } = this.#rooms;
    if (turn.state !== "queued") return undefined;
    const from = heard.mayCommand ? await this.#withoutWishes(before, placed) : before;
    const to = heard.mayCommand ? await this.#withoutWishes(after, placed) : after;
    if (!from || !to) return this.#ignore(entry, "commands are not taken from edits");
    const prompt = replaceLast(turn.request.prompt, promptText(from), promptText(to));
    if (prompt === undefined) return undefined;
    return store.transaction(async (sql) => {
      if (!(await turnQueue.replacePrompt(sql, turn, prompt))) return undefined;
      const { channel, account } = entry;
      for (const [index, reference] of (after.media ?? []).entries()) {
        if (isSame(reference, before.media?.[index])) continue;
        const file = { channel, account, origin: `inbox/${entry.id}/${index}`, reference };
        await pendingMedia.replaceAt(sql, { runId: turn.runId, index }, file);
      }
      await inbox.settleEdit(sql, { entry, original }, { state: "answered", runId: turn.runId });
      return "the message that waits is changed";
    });
  }

  /** A message without what it says to the gateway about how it is answered; undefined for a command. */
  async #withoutWishes(message: InboundMessage, { sessionKey }: PlacedMessage): Promise<InboundMessage | undefined> {
    const reading = await this.#rooms.commands.read(message.text, sessionKey, {
      isAddressed: false,
      keepsAsides: true,
    });
    return reading.kind === "prompt" ? { ...message, text: reading.text } : undefined;
  }

  /** The old words are with the agent already: its next turn in the session learns of the new ones. */
  async #tell({ entry, original, edited, before, after }: OpenEdit, turn: Turn): Promise<string> {
    const { store, clock, inbox, addNote, settings, channels } = this.#rooms;
    if (promptText(before) === promptText(after)) return this.#ignore(entry, "nothing that is read has changed");
    const isTold = settings().edits === "note";
    const reason = isTold ? "its session is told of it" : "edits of answered messages are ignored (inbound.edits)";
    const { displayName, username, id } = edited.sender;
    const what = `${channels().label(entry.channel)} message edited by ${displayName ?? username ?? id}`;
    const line = noteLine(clock.now(), `${what} on msg ${edited.messageId}, it now reads: ${edited.text}`);
    await store.transaction(async (sql) => {
      if (!(await inbox.settleEdit(sql, { entry, original }, { state: "ignored", reason }))) return;
      if (isTold) await addNote(sql, turn.sessionKey, line);
    });
    return reason;
  }

  async #ignore(entry: InboxEntry, reason: string): Promise<string> {
    const { store, inbox } = this.#rooms;
    await store.transaction((sql) => inbox.settle(sql, entry, { state: "ignored", reason }));
    return reason;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function replaceLast(text: string, from: string, to: string): string | undefined {
  const at = from === "" ? -1 : text.lastIndexOf(from);
  return at === -1 ? undefined : text.slice(0, at) + to + text.slice(at + from.length);
}
