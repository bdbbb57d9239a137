import { hasScope } from "@openclaw/protocol";

/** What of a caller says whether it may decide. */
interface ConnectedCaller {
  readonly connectionId: string;
  readonly role: string;
  readonly scopes: readonly string[];
}

/** The connections that could decide about a command. Bounded by the connections there may be. */
export class Approvers {
  readonly #connectionIds = new Set<string>();

  connected({ connectionId, role, scopes }: ConnectedCaller): void {
    if (role === "operator" && hasScope(scopes, "operator.approvals")) this.#connectionIds.add(connectionId);
  }

  disconnected({ connectionId }: Pick<ConnectedCaller, "connectionId">): void {
    this.#connectionIds.delete(connectionId);
  }

  /** True when somebody else than this connection could decide. */
  isAnyBeside(connectionId: string): boolean {
    return this.#connectionIds.size > (this.#connectionIds.has(connectionId) ? 1 : 0);
  }
}
