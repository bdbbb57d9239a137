import type { TokenUsage } from "@openclaw/gateway-core/ports";

import type { NativeMessage } from "../history/conversation.ts";

/** A tool call that a model asks for. */
export interface RequestedCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Why the input can not be used, when the model's answer already showed it. */
  readonly problem?: string;
}

/** One complete answer of a model. */
export interface Answer {
  readonly text: string;
  readonly calls: readonly RequestedCall[];
  readonly reason: string;
  readonly usage: TokenUsage;
  readonly native: NativeMessage | undefined;
  readonly provider: string;
  readonly model: string;
}
