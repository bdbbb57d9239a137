import type { Call, CallRecord } from "../record.ts";
import type { Parameters } from "../parameters.ts";
import type { Message, User } from "../types.ts";
import type { UpdateQueue } from "../updates/queue.ts";
import type { Webhook } from "../updates/webhook.ts";
import type { World } from "../world.ts";

/** A command of the bot's menu. */
export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

/** What the methods work on. */
export interface BotState {
  readonly bot: User;
  readonly world: World;
  readonly queue: UpdateQueue;
  readonly webhook: Webhook;
  readonly record: CallRecord;
  /** Callback queries that wait for an answer, by id. */
  readonly callbackQueries: Set<string>;
  /** Reactions of the bot, by `<chat id>/<message id>`. */
  readonly reactions: Map<string, readonly string[]>;
  commands: readonly BotCommand[];
}

export interface MethodCall {
  readonly call: Call;
  readonly parameters: Parameters;
  readonly state: BotState;
}

/** A Bot API method: gives the result, or throws BotApiError. */
export type Method = (call: MethodCall) => unknown;

/** The message a call names by chat_id and message_id, if the server has it. */
export function namedMessage({ parameters, state }: MethodCall): Message | undefined {
  const record = state.world.writable(parameters.string("chat_id"));
  return record.messages.get(parameters.integer("message_id") ?? 0);
}
