import { builtInTools, webFetchTool } from "@openclaw/agent-runtime";
import { type ConfigRuntime, createEgress, systemClock, type Tool } from "@openclaw/gateway-core";

const MINUTE_MS = 60_000;

/** The tools that this program's configuration has; asked at every turn. Which turn may use which is for its policy. */
export function configuredTools(config: ConfigRuntime): () => readonly Tool[] {
  const always = builtInTools({ agentToAgent: () => config.current.tools.agentToAgent ?? {} });
  const fetchSettings = () => config.current.tools.web.fetch;
  const webFetch = webFetchTool({
    egress: createEgress({ clock: systemClock }),
    clock: systemClock,
    settings: () => {
      const { timeoutSeconds, cacheTtlMinutes, ...rest } = fetchSettings();
      return { ...rest, timeoutMs: timeoutSeconds * 1_000, cacheTtlMs: cacheTtlMinutes * MINUTE_MS };
    },
  });
  return () => (fetchSettings().enabled ? [...always, webFetch] : always);
}
