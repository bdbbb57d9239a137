import type { AgentSettings, Binding, GatewayConfig } from "./schema.ts";

/** The agent there is when the configuration lists none. */
const IMPLICIT_AGENT = "main";

/** Where a message came from, as far as bindings look at it. */
export interface BindingSubject {
  readonly channel: string;
  readonly accountId: string;
  readonly chatType: "direct" | "group" | "channel";
  /** The chat's id, and those it had before. */
  readonly chatIds: readonly string[];
}

/** Every agent id, the default one first. */
export function agentIds(config: GatewayConfig): string[] {
  const defaultId = defaultAgentId(config);
  return [defaultId, ...config.agents.list.map((agent) => agent.id).filter((id) => id !== defaultId)];
}

/** The agent that answers what no binding sends elsewhere. */
export function defaultAgentId(config: GatewayConfig): string {
  const { list } = config.agents;
  return (list.find((agent) => agent.default) ?? list[0])?.id ?? IMPLICIT_AGENT;
}

export function agentSettings(config: GatewayConfig, agentId: string): AgentSettings | undefined {
  return config.agents.list.find((agent) => agent.id === agentId);
}

/** The folder an agent works in; `fallback` is the main agent's where the configuration names none. */
export function agentWorkspace(config: GatewayConfig, agentId: string, fallback: string): string {
  const own = agentSettings(config, agentId)?.workspace;
  if (own !== undefined) return own;
  const main = config.agents.defaults.workspace ?? fallback;
  return agentId === IMPLICIT_AGENT ? main : `${main}-${agentId}`;
}

/** The bound agent: by chat, else by account, else by any account, else the default one; the first entry of a tier wins. */
export function agentForMessage(config: GatewayConfig, subject: BindingSubject): string {
  const sameChannel = config.bindings.filter(({ match }) => match.channel === subject.channel);
  const bound =
    sameChannel.find(
      (binding) => binding.match.peer && matchesAccount(binding, subject, true) && matchesPeer(binding, subject),
    ) ??
    sameChannel.find((binding) => !binding.match.peer && matchesAccount(binding, subject, false)) ??
    sameChannel.find((binding) => !binding.match.peer && binding.match.accountId === "*");
  return bound?.agentId ?? defaultAgentId(config);
}

function matchesAccount({ match }: Binding, subject: BindingSubject, anyAllowed: boolean): boolean {
  if (match.accountId === "*") return anyAllowed;
  return (match.accountId ?? "default") === subject.accountId;
}

function matchesPeer({ match }: Binding, subject: BindingSubject): boolean {
  const kind = subject.chatType === "direct" ? "dm" : subject.chatType;
  return match.peer?.kind === kind && subject.chatIds.includes(match.peer.id);
}
