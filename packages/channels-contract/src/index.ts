export { defineChannel, type ChannelAccount, type ChannelPlugin, type Environment } from "./define.ts";
export type { AccessSettings, DirectPolicy, GroupPolicy, GroupSettings } from "./access.ts";
export type {
  Channel,
  ChannelHost,
  ChannelLogger,
  ChannelProbe,
  Cursor,
  InboundBatch,
  RecordedEvent,
} from "./channel.ts";
export type { ChannelCapabilities, ReactionCapability, TypingCapability } from "./capabilities.ts";
export { ChannelError, type ChannelErrorCode } from "./errors.ts";
export type {
  Address,
  Chat,
  ChatType,
  InboundMessage,
  MediaKind,
  MediaReference,
  OutboundContent,
  OutboundMessage,
  ReplyReference,
  Sender,
  SendOutcome,
} from "./messages.ts";
export { isTerminalState, type ChannelState, type ChannelStatus } from "./status.ts";
