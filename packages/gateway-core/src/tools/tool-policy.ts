import type { GatewayConfig } from "../config/schema.ts";
import { chatRules } from "./chat-rules.ts";
import { entryNames, isCoreTool, isOptIn, namesCoreTool, PROFILES } from "./tool-groups.ts";
import type { ChatSubject, ToolRules } from "./tool-rules.ts";

/** The turn whose tools are asked for. */
export interface ToolSubject {
  readonly agentId: string;
  readonly chatType: "direct" | "group" | "channel";
  /** The chat that the session belongs to, whoever asked for this turn; undefined when it has none. */
  readonly chat?: ChatSubject | undefined;
  /** Those who wrote what the turn answers, by their ids on the channel; what one of them may not have, it has not. */
  readonly senders?: readonly string[] | undefined;
  /** The turn works for another one. */
  readonly isSubagent?: boolean | undefined;
}

/** The model that would call the tool. */
export interface ModelSubject {
  readonly provider: string;
  readonly model: string;
}

/**
 * Whether a tool may be called. Without a model only what holds for every model is looked at: what is refused then is
 * refused for each.
 */
export type ToolPolicy = (tool: string, model?: ModelSubject) => boolean;

/** A sub-agent neither looks into other sessions nor gives tasks of its own. Source: tool policy facts 5.3. */
const NOT_FOR_SUBAGENTS = ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn"];

type ProviderRules = Readonly<Record<string, ToolRules>> | undefined;

/**
 * What the tools of a turn are, by configuration. The steps, in this order: profile, profile for the provider, the
 * gateway's rules, its rules for the provider, the agent's rules, its rules for the provider, the chat's rules, those
 * for sub-agents. Each step only takes away; nothing brings back what an earlier one took. Source: tool policy facts 5.4.
 */
export function toolPolicy(
  config: Pick<GatewayConfig, "tools" | "agents" | "channels">,
  subject: ToolSubject,
): ToolPolicy {
  const everywhere = config.tools;
  const own = config.agents.list.find(({ id }) => id === subject.agentId)?.tools ?? {};
  const always = [
    begin(everywhere, own),
    list(everywhere),
    list(own),
    ...chatSteps(config.channels, subject),
    ...(subject.isSubagent === true
      ? [list({ deny: NOT_FOR_SUBAGENTS }), list(everywhere.subagents?.tools ?? {})]
      : []),
  ];
  return (tool, model) => {
    if (!always.every((step) => step(tool))) return false;
    if (isOptIn(tool) && !isNamed(tool, [everywhere, own])) return false;
    if (model === undefined) return true;
    const ofGateway = providerRules(everywhere.byProvider, model);
    const ofAgent = providerRules(own.byProvider, model);
    return [begin(ofGateway, ofAgent), list(ofGateway), list(ofAgent)].every((step) => step(tool));
  };
}

type Step = (tool: string) => boolean;

/** What the chat says: of every sender, or of nobody in particular where the sender is not known. */
function chatSteps(channels: GatewayConfig["channels"], { chat, chatType, senders = [] }: ToolSubject): Step[] {
  if (chat === undefined || chatType === "direct") return [];
  const subjects = senders.length === 0 ? [chat] : senders.map((senderId) => ({ ...chat, senderId }));
  return subjects
    .map((subject) => chatRules(channels, subject))
    .flatMap((rules) => (rules === undefined ? [] : [begin(rules), list(rules)]));
}

/** The profile: the narrower place's stands for the wider one's. */
function begin(wider: ToolRules, narrower: ToolRules = {}): Step {
  const tools = PROFILES[narrower.profile ?? wider.profile ?? "full"];
  if (tools === undefined) return () => true;
  const entries = [...tools, ...(wider.alsoAllow ?? []), ...(narrower.alsoAllow ?? [])];
  return (tool) => names(entries, tool);
}

/** A list that allows additions only says nothing about the documented tools. */
function list({ allow, alsoAllow = [], deny = [] }: ToolRules): Step {
  const meansCore = allow?.some((entry) => namesCoreTool(entry)) ?? false;
  return (tool) => {
    if (names(deny, tool)) return false;
    if (allow === undefined || allow.length === 0) return true;
    if (!meansCore && isCoreTool(tool)) return true;
    return names(allow, tool) || names(alsoAllow, tool);
  };
}

/** An entry for every tool means none in particular. */
function isNamed(tool: string, places: readonly ToolRules[]): boolean {
  const entries = places.flatMap(({ allow = [], alsoAllow = [] }) => [...allow, ...alsoAllow]);
  return names(
    entries.filter((entry) => entry.trim() !== "*"),
    tool,
  );
}

function names(entries: readonly string[], tool: string): boolean {
  return entries.some((entry) => entryNames(entry, tool));
}

/** The rules for the very model stand for those of its provider. The case of names does not matter. */
function providerRules(rules: ProviderRules, { provider, model }: ModelSubject): ToolRules {
  const find = (wanted: string): ToolRules | undefined =>
    Object.entries(rules ?? {}).find(([key]) => key.toLowerCase() === wanted.toLowerCase())?.[1];
  return find(`${provider}/${model}`) ?? find(provider) ?? {};
}
