import { AgentError } from "@openclaw/gateway-core/ports";

import type { ModelEntry } from "../settings.ts";
import { KNOWN_MODELS } from "./known-models.ts";

/** A model of a provider. */
export interface ModelReference {
  /** Lower case. */
  readonly provider: string;
  /** As the provider spells it; may hold further slashes. */
  readonly model: string;
}

/** Other spellings of a provider's id. */
const PROVIDER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["z.ai", "zai"],
  ["z-ai", "zai"],
]);
const DEFAULT_PROVIDER = "anthropic";
const MAX_LENGTH = 512;

export function formatReference(reference: ModelReference): string {
  return `${reference.provider}/${reference.model}`;
}

type Models = Readonly<Record<string, ModelEntry>>;

/**
 * Reads "provider/model", an alias, or a bare model name of the default provider (`anthropic`). The first slash
 * divides. Aliases come from `models` first, then from the known models that `models` lists. Undefined when the text
 * can not be a reference.
 */
export function readReference(text: string, models: Models = {}): ModelReference | undefined {
  const trimmed = text.trim();
  return trimmed.length > MAX_LENGTH ? undefined : splitReference(aliasTarget(trimmed, models) ?? trimmed);
}

/** Reads a reference like readReference. Throws AgentError("invalid-request") for what can not be one. */
export function parseReference(text: string, models: Models = {}): ModelReference {
  const reference = readReference(text, models);
  if (reference !== undefined) return reference;
  throw new AgentError(
    "invalid-request",
    `"${text.trim().slice(0, 80)}" is not a model. Write it as "provider/model", for example "anthropic/claude-opus-4-5".`,
  );
}

/** The parts of "provider/model", or undefined when one is missing. Knows no aliases. */
export function splitReference(text: string): ModelReference | undefined {
  const slash = text.indexOf("/");
  const provider = slash === -1 ? DEFAULT_PROVIDER : text.slice(0, slash).trim().toLowerCase();
  const model = text.slice(slash + 1).trim();
  if (provider === "" || model === "") return undefined;
  return { provider: PROVIDER_SPELLINGS.get(provider) ?? provider, model };
}

function aliasTarget(text: string, models: Models): string | undefined {
  const wanted = text.toLowerCase();
  for (const [reference, entry] of Object.entries(models)) {
    if (entry.alias?.toLowerCase() === wanted) return reference;
  }
  const known = KNOWN_MODELS.find((model) => model.aliases.includes(wanted));
  if (known === undefined) return undefined;
  const reference = { provider: known.provider, model: known.id };
  return findEntry(reference, models) === undefined ? undefined : formatReference(reference);
}

/** The entry of `agents.defaults.models` for a reference, however its key is written. */
export function findEntry(reference: ModelReference, models: Models | undefined): ModelEntry | undefined {
  for (const [key, entry] of Object.entries(models ?? {})) {
    const listed = splitReference(key);
    if (listed?.provider === reference.provider && listed.model === reference.model) return entry;
  }
  return undefined;
}
