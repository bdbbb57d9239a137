import {
  AgentError,
  type AgentTurn,
  type Clock,
  type CompactionWish,
  type TurnPart,
} from "@openclaw/gateway-core/ports";

import { toConversation } from "../../history/conversation.ts";
import { Compactor } from "./compaction.ts";
import { modelsOf, type ModelsHost } from "../turn-models.ts";
import { TurnRecord } from "../turn-record.ts";

/** Summarises a session because somebody asked for it; its turn says nothing. Throws AgentError. */
export async function* compactSession(
  { turn, wish }: { readonly turn: AgentTurn; readonly wish: CompactionWish },
  signal: AbortSignal,
  host: ModelsHost & { readonly clock: Clock },
): AsyncGenerator<TurnPart> {
  signal.throwIfAborted();
  const { clock, log } = host;
  const models = modelsOf(turn, host);
  const record = new TurnRecord(clock);
  const { history } = turn;
  const compactor = new Compactor(toConversation(history), { history, record, log, now: () => clock.now() });
  for (;;) {
    try {
      const provider = await models.current();
      if (record.announce(provider)) yield { type: "model", provider: provider.provider, model: provider.model };
      yield* compactor.compactOnRequest(provider, wish, signal);
      models.succeeded();
      yield record.finish("stop");
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AgentError)) throw error;
      models.giveUp(error, false);
    }
  }
}
