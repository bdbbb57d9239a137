import type { ParamsOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { SessionChange } from "../sessions/session-store.ts";
import { type CallContext, defineHandler } from "./define.ts";
import { sessionEntryOf } from "./session-entry.ts";
import { findSessionTarget } from "./session-target.ts";

const THINKING = ["off", "minimal", "low", "medium", "high", "xhigh"] as const;
const VERBOSE = ["off", "on", "full"] as const;
const REASONING = ["off", "on"] as const;
const USAGE = ["off", "tokens", "full"] as const;
const SEND = ["allow", "deny"] as const;
const ACTIVATION = ["mention", "always"] as const;

export const sessionsPatch = defineHandler("sessions.patch", async (params, context) => {
  const { store, sessions, config } = context;
  const { sessionKey: key, agentId } = await findSessionTarget(context, params.key);
  const change: SessionChange = {
    label: params.label,
    spawnedBy: params.spawnedBy,
    model: await chosenModelOf(params.model, agentId, context),
    ...levelsOf(params),
  };
  const session = await store.transaction(async (sql) => {
    const owner = typeof params.label === "string" ? await sessions.getByLabel(params.label, sql) : undefined;
    if (owner && owner.key !== key) {
      throw new GatewayError("INVALID_REQUEST", `label already in use: ${params.label}`);
    }
    if (!(await sessions.get(key, sql))) await sessions.touch(sql, { key, agentId, chatType: "direct" });
    return sessions.change(sql, key, change);
  });
  if (!session) throw new GatewayError("UNAVAILABLE", `The session ${key} was deleted meanwhile; try again.`);
  context.sessionWatch.changed(key, { reason: "patch" });
  return { ok: true as const, path: config.paths.databaseFile, key, entry: sessionEntryOf(session) };
});

function levelsOf(params: ParamsOf<"sessions.patch">): SessionChange {
  return {
    thinkingLevel: oneOf("thinkingLevel", params.thinkingLevel, THINKING),
    verboseLevel: oneOf("verboseLevel", params.verboseLevel, VERBOSE),
    reasoningLevel: oneOf("reasoningLevel", params.reasoningLevel, REASONING),
    responseUsage: oneOf("responseUsage", params.responseUsage, USAGE),
    sendPolicy: oneOf("sendPolicy", params.sendPolicy, SEND),
    activation: oneOf("groupActivation", params.groupActivation, ACTIVATION),
  };
}

function oneOf<Word extends string>(
  name: string,
  given: string | null | undefined,
  words: readonly Word[],
): Word | null | undefined {
  if (given === null || given === undefined) return given;
  const word = words.find((candidate) => candidate === given.toLowerCase());
  if (word !== undefined) return word;
  throw new GatewayError("INVALID_REQUEST", `invalid ${name} (use ${words.join("|")})`);
}

/** The model a client names, as provider/model; null for the default one, which is no choice of the session's own. */
async function chosenModelOf(
  given: string | null | undefined,
  agentId: string,
  { agent, config }: CallContext,
): Promise<string | null | undefined> {
  if (given === null || given === undefined) return given;
  const wanted = given.toLowerCase();
  const catalog = Object.entries(config.current.agents.defaults.models ?? {});
  const aliased = catalog.find(([, { alias }]) => alias?.toLowerCase() === wanted)?.[0];
  const references = (await agent.listModels()).map(({ provider, id }) => `${provider}/${id}`);
  const known = references.find((reference) => reference.toLowerCase() === (aliased ?? wanted).toLowerCase());
  if (known === undefined) {
    throw new GatewayError("INVALID_REQUEST", `Unknown model "${given}". models.list names those there are.`);
  }
  return known === agent.defaultModel(agentId) ? null : known;
}
