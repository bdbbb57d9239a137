import { agentSettings, defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { agentOfSessionKey, canonicalSessionKey } from "../sessions/session-key.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_NAME = "Assistant";

export const agentIdentityGet = defineHandler("agent.identity.get", ({ agentId: given, sessionKey }, { config }) => {
  const defaultId = defaultAgentId(config.current);
  const key = sessionKey && canonicalSessionKey(sessionKey, defaultId, config.current.session);
  const agentOfKey = key && agentOfSessionKey(key, defaultId);
  if (given !== undefined && agentOfKey && agentOfKey !== given) {
    throw new GatewayError("INVALID_REQUEST", `agent "${given}" does not match session key agent "${agentOfKey}"`);
  }
  const agentId = given ?? (agentOfKey || defaultId);
  const settings = agentSettings(config.current, agentId);
  const { name: ownName, emoji, avatar } = settings?.identity ?? {};
  const name = ownName ?? settings?.name ?? DEFAULT_NAME;
  // Only what a client can show as it stands: a picture in the workspace is not served.
  const picture = avatar !== undefined && /^(?:https?:|data:)/iu.test(avatar) ? avatar : undefined;
  return {
    agentId,
    name,
    avatar: picture ?? emoji ?? name.charAt(0).toUpperCase(),
    ...(emoji === undefined ? {} : { emoji }),
    nameSource: ownName !== undefined ? "identity" : settings?.name !== undefined ? "agent" : "default",
  };
});
