/** `tools.agentToAgent`: whether agents may look into and write to each other's sessions. Off when absent. */
export interface AgentToAgent {
  readonly enabled?: boolean | undefined;
  /** Agent ids, with `*` for any; both sides must be among them. Every agent when absent. */
  readonly allow?: readonly string[] | undefined;
}

/** The agent that a session key such as "agent:work:main" belongs to; undefined for keys that name none. */
export function agentOfSession(key: string): string | undefined {
  const [head, agentId] = key.split(":");
  return head === "agent" ? agentId : undefined;
}

/** Whether one agent may reach another one. Itself always; a session of no agent is everybody's. */
export function mayReach(own: string, other: string | undefined, { enabled = false, allow }: AgentToAgent): boolean {
  if (other === undefined || other === own) return true;
  return enabled && (allow === undefined || (isAmong(own, allow) && isAmong(other, allow)));
}

/** What a model is told when it may not. */
export function outOfReach(other: string | undefined): string {
  return `Sessions of the agent "${other ?? ""}" are out of reach: tools.agentToAgent in the gateway's configuration does not allow it.`;
}

function isAmong(agentId: string, allow: readonly string[]): boolean {
  return allow.some((entry) => entry.trim() === "*" || entry.trim().toLowerCase() === agentId.toLowerCase());
}
