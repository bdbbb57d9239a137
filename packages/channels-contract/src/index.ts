export { defineChannel, type ChannelAccount, type ChannelPlugin, type Environment } from "./define.ts";
export type { AccessSettings, DirectPolicy, GroupPolicy, GroupSettings } from "./access.ts";
export type {
  Channel,
  ChannelHost,
  ChannelLogger,
  ChannelProbe,
  CommandMenu,
  Cursor,
  InboundBatch,
  MenuCommand,
  RecordedEvent,
} from "./channel.ts";
export type {
  ChannelCapabilities,
  DraftBlocks,
  DraftCapability,
  OutboundCapabilities,
  ReactionCapability,
  TypingCapability,
} from "./capabilities.ts";
export {
  isIdempotentContent,
  type Button,
  type ButtonRows,
  type DeleteContent,
  type EditContent,
  type MediaContent,
  type MediaSource,
  type OutboundContent,
  type PollContent,
  type ReactionContent,
  type TextContent,
} from "./content.ts";
export { ChannelError, type ChannelErrorCode } from "./errors.ts";
export type { FetchedMedia, MediaKind, MediaReference } from "./media.ts";
export type {
  Address,
  Chat,
  ChatMove,
  ChatType,
  InboundChange,
  InboundMessage,
  MessageEdit,
  OutboundMessage,
  ReactionChange,
  ReplyReference,
  Sender,
  SendOutcome,
} from "./messages.ts";
export { badness, isTerminalState, type ChannelState, type ChannelStatus } from "./status.ts";
export { joinSignals, type JoinedSignal } from "./signals.ts";
