import type { ChatSubject, ToolRules } from "./tool-rules.ts";

/**
 * What a channel's section says about the tools in one of its groups: for the topic, else for the sender in the group,
 * for the group, for the sender in any group, for any group.
 */
export function chatRules(channels: Readonly<Record<string, unknown>>, chat: ChatSubject): ToolRules | undefined {
  const section = member(channels, chat.channel);
  const groups = member(member(member(section, "accounts"), chat.account), "groups") ?? member(section, "groups");
  const [group, anyGroup] = [member(groups, chat.chatId), member(groups, "*")];
  const topics = chat.threadId === undefined ? [] : [member(member(group, "topics"), chat.threadId)];
  const found = [...topics, group, anyGroup].flatMap((place) => [
    ...senderRules(member(place, "toolsBySender"), chat),
    member(place, "tools"),
  ]);
  return found.map(toRules).find((rules) => rules !== undefined);
}

/** The sender's own entry, then the one for everybody. */
function senderRules(bySender: unknown, { channel, senderId }: ChatSubject): unknown[] {
  const own = senderId === undefined ? [] : [member(bySender, senderId), member(bySender, `${channel}:${senderId}`)];
  return [...own, member(bySender, "*")];
}

/** The channel's schema has checked the section; what it does not describe says nothing. */
function toRules(value: unknown): ToolRules | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const profile = member(value, "profile");
  const known = profile === "minimal" || profile === "coding" || profile === "messaging" || profile === "full";
  return {
    ...(known ? { profile } : {}),
    ...entries(value, "allow"),
    ...entries(value, "alsoAllow"),
    ...entries(value, "deny"),
  };
}

function entries(value: object, key: "allow" | "alsoAllow" | "deny"): ToolRules {
  const list = member(value, key);
  return Array.isArray(list) ? { [key]: list.filter((entry) => typeof entry === "string") } : {};
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
