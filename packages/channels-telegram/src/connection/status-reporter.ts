import type { ChannelHost, ChannelState, ChannelStatus } from "@openclaw/channels-contract";

import type { BotIdentity } from "../client.ts";

/** Reports the account's state, with who it is once that is known and since when the state holds. */
export class StatusReporter {
  readonly #host: ChannelHost;
  #state: ChannelState | undefined;
  #since = 0;
  #identity: ChannelStatus["identity"];

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  get state(): ChannelState | undefined {
    return this.#state;
  }

  identify({ id, username, displayName }: BotIdentity): void {
    this.#identity = { id: String(id), displayName, ...(username === undefined ? {} : { username }) };
  }

  report(state: ChannelState, fields: Pick<ChannelStatus, "code" | "detail" | "retryAt"> = {}): void {
    if (state !== this.#state) this.#since = this.#host.now();
    this.#state = state;
    this.#host.report({
      state,
      since: this.#since,
      ...fields,
      ...(this.#identity === undefined ? {} : { identity: this.#identity }),
    });
  }
}
