import { visibleText } from "@openclaw/exec-host";

import type { GatewayConfig } from "../config/schema.ts";
import type { Clock, Logger } from "../ports.ts";
import type { Approval } from "./approval.ts";
import type { ChatNotices, ChatPlace } from "./exec-approvals.ts";

export type ForwardSettings = NonNullable<NonNullable<GatewayConfig["approvals"]>["exec"]>;
export type ForwardTarget = NonNullable<ForwardSettings["targets"]>[number];

export interface ChatForwardDependencies {
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked at every approval. */
  readonly settings: () => ForwardSettings | undefined;
  /** Where replies of a session go; undefined for one without a chat. */
  readonly sessionPlace: (sessionKey: string) => Promise<ChatPlace | undefined>;
  /** The chat a target names. Throws for a channel that is not there. */
  readonly targetPlace: (target: ForwardTarget) => ChatPlace;
  readonly send: (place: ChatPlace, text: string, deadlineAt: number) => Promise<void>;
}

const SHORT_ID_LENGTH = 8;
const MAX_PLACES = 16;
const NOTE_MS = 10 * 60_000;
const DECIDED = { "allow-once": "Allowed once", "allow-always": "Allowed, and added to the list", deny: "Refused" };

/** Tells chats what waits for approval, as `approvals.exec` says. Source: facts 7.4. */
export class ChatForward implements ChatNotices {
  readonly #dependencies: ChatForwardDependencies;

  constructor(dependencies: ChatForwardDependencies) {
    this.#dependencies = dependencies;
  }

  async targets(approval: Approval): Promise<readonly ChatPlace[]> {
    const { settings, log } = this.#dependencies;
    const wanted = settings();
    if (wanted?.enabled !== true || !isWanted(approval, wanted)) return [];
    const mode = wanted.mode ?? "session";
    try {
      const own = mode === "targets" ? [] : await this.#ofSession(approval);
      const others = mode === "session" ? [] : this.#ofTargets(wanted.targets ?? []);
      const byKey = new Map([...own, ...others].map((place) => [JSON.stringify(place), place]));
      return [...byKey.values()].slice(0, MAX_PLACES);
    } catch (error) {
      log.warn("chats could not be told of an approval", { id: approval.id, error });
      return [];
    }
  }

  asked(approval: Approval, places: readonly ChatPlace[]): Promise<void> {
    return this.#tell(places, questionText(approval, this.#dependencies.clock.now()), approval.expiresAt);
  }

  ended(approval: Approval, places: readonly ChatPlace[]): Promise<void> {
    return this.#tell(places, endText(approval), this.#dependencies.clock.now() + NOTE_MS);
  }

  async #tell(places: readonly ChatPlace[], text: string, deadlineAt: number): Promise<void> {
    const { send, log } = this.#dependencies;
    for (const place of places) {
      try {
        await send(place, text, deadlineAt);
      } catch (error) {
        log.warn("a chat could not be told of an approval", { channel: place.channel, error });
      }
    }
  }

  async #ofSession({ request }: Approval): Promise<readonly ChatPlace[]> {
    if (request.sessionKey === null) return [];
    const place = await this.#dependencies.sessionPlace(request.sessionKey);
    return place ? [place] : [];
  }

  #ofTargets(targets: readonly ForwardTarget[]): readonly ChatPlace[] {
    const { targetPlace, log } = this.#dependencies;
    return targets.flatMap((target) => {
      try {
        return [targetPlace(target)];
      } catch (error) {
        log.warn("approvals.exec.targets names a chat that can not be reached", { channel: target.channel, error });
        return [];
      }
    });
  }
}

/** Filters name agents, and sessions by their key or a part of it. */
function isWanted({ request }: Approval, { agentFilter, sessionFilter }: ForwardSettings): boolean {
  const { agentId, sessionKey } = request;
  if (agentFilter !== undefined && agentFilter.length > 0 && !agentFilter.includes(agentId ?? "")) return false;
  if (sessionFilter === undefined || sessionFilter.length === 0) return true;
  return sessionFilter.some((part) => part !== "" && (sessionKey ?? "").includes(part));
}

/** Nothing that stands in a command may look like a line of this message. */
function questionText({ id, request, expiresAt }: Approval, now: number): string {
  const name = shortId(id);
  const where = [
    request.cwd === null ? undefined : `in ${visibleText(request.cwd)}`,
    request.host === "node" ? `on node ${visibleText(request.nodeId ?? "?")}` : "on the gateway",
    request.agentId === null ? undefined : `for agent ${visibleText(request.agentId)}`,
  ].filter((part) => part !== undefined);
  const minutes = Math.max(1, Math.round((expiresAt - now) / 60_000));
  const choices = request.allowedDecisions?.join("|") ?? "allow-once|deny";
  return [
    "A command waits for approval:",
    visibleText(request.command),
    `${where.join(", ")}.`,
    ...(request.warningText == null ? [] : [`Why: ${visibleText(request.warningText)}.`]),
    ...(request.commandAnalysis?.warningLines ?? []),
    `Within ${minutes} min: /approve ${name} ${choices}`,
  ].join("\n");
}

function endText({ id, decision, reason, resolver }: Approval): string {
  const name = shortId(id);
  if (decision !== undefined) return `${DECIDED[decision]} (${name}) by ${visibleText(resolver?.id ?? "?")}.`;
  return reason === "timeout"
    ? `Nobody decided about ${name} in time; it does not run.`
    : `${name} is no longer wanted.`;
}

/** Ids that this gateway made up are random from their beginning; those of others are not. */
function shortId(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/u.test(id) ? id.slice(0, SHORT_ID_LENGTH) : id;
}
