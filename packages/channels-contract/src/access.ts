/** Who may start a direct chat: strangers get a pairing code, or only listed senders, or anyone, or nobody. */
export type DirectPolicy = "pairing" | "allowlist" | "open" | "disabled";
/** Whose messages in a group are considered: anyone's, listed senders', or nobody's. */
export type GroupPolicy = "open" | "allowlist" | "disabled";

/** Settings of one group, or of every group under the key "*". */
export interface GroupSettings {
  /** False drops every message of this group. */
  readonly enabled?: boolean;
  /** True answers only messages that mention the bot or reply to it. Defaults to true. */
  readonly requireMention?: boolean;
  /** Senders allowed here, in place of the account's `groupAllowFrom`. */
  readonly allowFrom?: readonly string[];
  /** Text added to the system prompt of turns in this group. */
  readonly systemPrompt?: string;
  /** Settings by thread (forum topic) id; what a topic leaves out comes from the group. */
  readonly topics?: Readonly<Record<string, GroupSettings>>;
}

/**
 * The access rules of one account, in the form the gateway's policy reads. Sender ids are canonical platform ids:
 * numeric Telegram user ids, WhatsApp JIDs. Mutable names such as @usernames never match (they can change hands).
 */
export interface AccessSettings {
  readonly directPolicy: DirectPolicy;
  readonly allowFrom: readonly string[];
  readonly groupPolicy: GroupPolicy;
  readonly groupAllowFrom: readonly string[];
  /** When present, its keys (chat ids, or "*") are the only groups that are considered. */
  readonly groups?: Readonly<Record<string, GroupSettings>>;
}
