import type { AccessSettings, GroupSettings, InboundMessage } from "@openclaw/channels-contract";

/** What is to be done with a message, and why. */
export type Decision =
  | { readonly action: "answer"; readonly extraSystemPrompt?: string }
  | { readonly action: "pair" }
  | { readonly action: "ignore"; readonly reason: string };

export interface PolicyInput {
  readonly message: InboundMessage;
  readonly access: AccessSettings;
  /** The sender was let in by a pairing code. */
  readonly isPaired: boolean;
}

/** Decides about one message. Pure: the same input always gets the same decision. */
export function decide(input: PolicyInput): Decision {
  const { sender, chat } = input.message;
  if (sender.isSelf) return ignore("the message is the account's own");
  return chat.type === "direct" ? decideDirect(input) : decideGroup(input);
}

function decideDirect({ message, access, isPaired }: PolicyInput): Decision {
  if (access.directPolicy === "disabled") return ignore("direct messages are turned off (dmPolicy is disabled)");
  if (message.sender.isBot) return ignore("the sender is a bot");
  const listed = access.allowFrom.includes(message.sender.id);
  if (access.directPolicy === "open") {
    return listed || access.allowFrom.includes("*") ? answer() : ignore('dmPolicy is open, but allowFrom lacks "*"');
  }
  if (listed || isPaired) return answer();
  return access.directPolicy === "pairing" ? { action: "pair" } : ignore("the sender is not in allowFrom");
}

function decideGroup({ message, access, isPaired }: PolicyInput): Decision {
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
  if ((settings.requireMention ?? true) && !isAddressed(message)) return ignore("the message does not mention the bot");
  return answer(settings.systemPrompt);
}

/** The settings that apply in a group or one of its topics; undefined when the group is not considered at all. */
function settingsOfGroup(access: AccessSettings, chatId: string, threadId?: string): GroupSettings | undefined {
  if (!access.groups) return {};
  const group = access.groups[chatId] ?? access.groups["*"];
  if (!group) return undefined;
  const topic = threadId === undefined ? undefined : group.topics?.[threadId];
  return topic ? { ...group, ...topic } : group;
}

function isAddressed(message: InboundMessage): boolean {
  return message.mentionsSelf === true || message.replyTo?.isSelf === true;
}

function answer(extraSystemPrompt?: string): Decision {
  return extraSystemPrompt === undefined ? { action: "answer" } : { action: "answer", extraSystemPrompt };
}

function ignore(reason: string): Decision {
  return { action: "ignore", reason };
}
