import { agentIds, agentSettings, defaultAgentId } from "../config/agent-selection.ts";
import { defineHandler } from "./define.ts";

export const agentsList = defineHandler("agents.list", (_params, { config, agent }) => {
  const { session } = config.current;
  return {
    defaultId: defaultAgentId(config.current),
    mainKey: session.mainKey,
    scope: session.scope,
    agents: agentIds(config.current).map((id) => {
      const settings = agentSettings(config.current, id);
      const { name, theme, emoji, avatar } = settings?.identity ?? {};
      const identity = {
        ...(name === undefined ? {} : { name }),
        ...(theme === undefined ? {} : { theme }),
        ...(emoji === undefined ? {} : { emoji }),
        ...(avatar === undefined ? {} : { avatar }),
      };
      return {
        id,
        ...(settings?.name === undefined ? {} : { name: settings.name }),
        ...(Object.keys(identity).length === 0 ? {} : { identity }),
        model: { primary: agent.defaultModel(id) },
      };
    }),
    ownership: "sole",
    selectionRequired: false,
  };
});
