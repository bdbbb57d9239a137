import type { AccessSettings, GroupSettings, InboundMessage } from "@openclaw/channels-contract";

import { isMentioned } from "./mentions.ts";

/** What a sender may do besides talking. */
export interface Authority {
  /** Commands are theirs to give. */
  readonly mayCommand: boolean;
  /** The assistant is theirs: listed by id in allowFrom, or, where that lists nobody, let in by a pairing code. */
  readonly isOwner: boolean;
}

interface Heard extends Authority {
  readonly extraSystemPrompt?: string;
  /** Which messages of the group are answered; absent in direct chats. */
  readonly activation?: "mention" | "always";
}

/** What is to be done with a message, and why. `overhear`: keep it in mind, but do not answer. */
export type Decision =
  | ({ readonly action: "answer" } & Heard)
  | ({ readonly action: "overhear"; readonly reason: string } & Heard)
  | { readonly action: "pair" }
  | { readonly action: "ignore"; readonly reason: string };

export interface PolicyInput {
  readonly message: InboundMessage;
  readonly access: AccessSettings;
  /** The sender was let in by a pairing code. */
  readonly isPaired: boolean;
  /** What was set for the group's session by command. */
  readonly activation?: "mention" | "always" | undefined;
  /** Words that call the agent by name. */
  readonly mentionPatterns?: readonly string[];
  /** False lets everyone who is answered give commands. */
  readonly useAccessGroups?: boolean;
}

const ONLY_LISTED = "only listed senders may do this";

/** Decides about one message. Pure: the same input always gets the same decision. */
export function decide(input: PolicyInput): Decision {
  const { sender, chat } = input.message;
  if (sender.isSelf) return ignore("the message is the account's own");
  return chat.type === "direct" ? decideDirect(input) : decideGroup(input);
}

/** True when the message itself calls the bot: by a mention of the platform, or by answering it. */
export function isAddressed(message: InboundMessage): boolean {
  return message.mentionsSelf === true || message.replyTo?.isSelf === true;
}

/** The rules for a group that had other ids before: what is set for one of those counts until the new one is listed. */
export function withFormerSettings(
  access: AccessSettings,
  chatId: string,
  formerIds: readonly string[],
): AccessSettings {
  const { groups } = access;
  if (!groups || groups[chatId]) return access;
  const former = formerIds.map((id) => groups[id]).find((settings) => settings !== undefined);
  return former ? { ...access, groups: { ...groups, [chatId]: former } } : access;
}

function decideDirect(input: PolicyInput): Decision {
  const { message, access, isPaired } = input;
  if (access.directPolicy === "disabled") return ignore("direct messages are turned off (dmPolicy is disabled)");
  if (message.sender.isBot) return ignore("the sender is a bot");
  if (message.onlyListed && !isListed(input, access.allowFrom)) return ignore(ONLY_LISTED);
  const answer = { action: "answer", mayCommand: true, isOwner: isOwner(input) } as const;
  const listed = access.allowFrom.includes(message.sender.id);
  if (access.directPolicy === "open") {
    return listed || access.allowFrom.includes("*") ? answer : ignore('dmPolicy is open, but allowFrom lacks "*"');
  }
  if (listed || isPaired) return answer;
  return access.directPolicy === "pairing" ? { action: "pair" } : ignore("the sender is not in allowFrom");
}

function decideGroup(input: PolicyInput): Decision {
  const { message, access, isPaired } = input;
  const { chat, sender } = message;
  if (access.groupPolicy === "disabled") return ignore("group messages are turned off (groupPolicy is disabled)");
  const settings = settingsOfGroup(access, chat.id, chat.threadId);
  if (!settings) return ignore(`the group ${chat.id} is not listed under groups`);
  if (settings.enabled === false) return ignore(`the group ${chat.id} is turned off`);
  if (access.groupPolicy === "allowlist") {
    const allowed = settings.allowFrom ?? access.groupAllowFrom;
    // A paired sender is someone the operator let into direct chats; groups have their own list.
    if (!allowed.includes("*") && !allowed.includes(sender.id)) {
      return ignore(
        isPaired ? "the sender is paired, but not in groupAllowFrom" : "the sender is not in groupAllowFrom",
      );
    }
  }
  const listed = [...access.allowFrom, ...(settings.allowFrom ?? access.groupAllowFrom)];
  if (message.onlyListed && !isListed(input, listed)) return ignore(ONLY_LISTED);
  const heard = heardIn(settings, input);
  const isCalled = isAddressed(message) || isMentioned(message.text, input.mentionPatterns ?? []);
  if (heard.activation === "always" || isCalled) return { action: "answer", ...heard };
  return { action: "overhear", reason: "the message does not mention the bot", ...heard };
}

function heardIn(settings: GroupSettings, input: PolicyInput): Heard {
  const configured = (settings.requireMention ?? true) ? "mention" : "always";
  return {
    activation: input.activation ?? configured,
    mayCommand: mayCommandInGroup(settings, input),
    isOwner: isOwner(input),
    ...(settings.systemPrompt === undefined ? {} : { extraSystemPrompt: settings.systemPrompt }),
  };
}

/** Where nobody is listed, or everybody is, everybody who is heard may give commands. */
function mayCommandInGroup(settings: GroupSettings, input: PolicyInput): boolean {
  const { access, useAccessGroups } = input;
  if (useAccessGroups === false) return true;
  const listed = [...access.allowFrom, ...(settings.allowFrom ?? access.groupAllowFrom)];
  return listed.length === 0 || isListed(input, listed);
}

function isListed({ message, isPaired }: PolicyInput, listed: readonly string[]): boolean {
  return isPaired || listed.includes("*") || listed.includes(message.sender.id);
}

function isOwner({ message, access, isPaired }: PolicyInput): boolean {
  const owners = access.allowFrom.filter((id) => id !== "*");
  return owners.length === 0 ? isPaired : owners.includes(message.sender.id);
}

/** The settings that apply in a group or one of its topics; undefined when the group is not considered at all. */
function settingsOfGroup(access: AccessSettings, chatId: string, threadId?: string): GroupSettings | undefined {
  if (!access.groups) return {};
  const group = access.groups[chatId] ?? access.groups["*"];
  if (!group) return undefined;
  const topic = threadId === undefined ? undefined : group.topics?.[threadId];
  return topic ? { ...group, ...topic } : group;
}

function ignore(reason: string): Decision {
  return { action: "ignore", reason };
}
