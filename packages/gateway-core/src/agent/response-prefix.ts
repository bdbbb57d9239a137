/** The configured prefix, and what it may name. Absent facts leave their variable as it is written. */
export interface ReplyPrefix {
  /** `messages.responsePrefix`. */
  readonly template?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly thinkingLevel?: string | undefined;
  readonly identityName?: string | undefined;
}

const AUTOMATIC = "auto";

/**
 * A reply with the configured prefix before it, unless it stands there already. `auto` is the agent's name in brackets,
 * and nothing for an agent without one. Variables, in any case: `{model}`, `{modelFull}`, `{provider}`,
 * `{thinkingLevel}` or `{think}`, `{identity.name}`; others are left as they are. Source: prefix facts 4.6.
 */
export function withPrefix(text: string, { template = "", ...facts }: ReplyPrefix): string {
  const prefix = fill(template, facts).trim();
  return text === "" || prefix === "" || text.startsWith(prefix) ? text : `${prefix} ${text}`;
}

function fill(template: string, facts: Omit<ReplyPrefix, "template">): string {
  if (template.trim().toLowerCase() === AUTOMATIC) return facts.identityName ? `[${facts.identityName}]` : "";
  const { provider, model, thinkingLevel, identityName } = facts;
  const values = new Map([
    ["model", model?.split("/").at(-1)],
    ["modelfull", provider && model ? `${provider}/${model}` : model],
    ["provider", provider],
    ["thinkinglevel", thinkingLevel],
    ["think", thinkingLevel],
    ["identity.name", identityName],
  ]);
  return template.replace(/\{([a-z.]+)\}/giu, (written, name: string) => values.get(name.toLowerCase()) || written);
}
