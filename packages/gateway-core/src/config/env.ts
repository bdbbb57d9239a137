/** Variables by name. The named ones are those that the gateway itself reads; any other may be referred to as ${NAME}. */
export type Environment = Readonly<Record<string, string | undefined>> & {
  readonly OPENCLAW_STATE_DIR?: string | undefined;
  readonly OPENCLAW_CONFIG_PATH?: string | undefined;
  readonly OPENCLAW_PROFILE?: string | undefined;
  readonly OPENCLAW_GATEWAY_PORT?: string | undefined;
  readonly OPENCLAW_GATEWAY_TOKEN?: string | undefined;
  readonly OPENCLAW_GATEWAY_PASSWORD?: string | undefined;
  readonly OPENCLAW_CANVAS_HOST_PORT?: string | undefined;
  readonly OPENCLAW_SKIP_CHANNELS?: string | undefined;
  readonly OPENCLAW_SKIP_CRON?: string | undefined;
};

/**
 * Variables that say where configuration and state are, or are meant for the process as a whole. They count only in
 * the process environment: a `.env` file in whatever directory a command happens to run in must not move them.
 */
const PROCESS_ONLY = new Set(["OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "OPENCLAW_PROFILE"]);

/** A copy of the process environment. The one place in this package that reads it. */
export function readEnvironment(): Environment {
  return Object.freeze({ ...process.env });
}

/** Adds variables that have no value yet; nothing is overridden. An empty value counts as none. */
export function layerEnvironment(first: Environment, ...layers: readonly Environment[]): Environment {
  const merged: Record<string, string | undefined> = { ...first };
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (PROCESS_ONLY.has(name) || value === undefined) continue;
      if (merged[name] === undefined || merged[name] === "") merged[name] = value;
    }
  }
  return Object.freeze(merged);
}

/** True for the values that switch a variable of the kind OPENCLAW_SKIP_… on. */
export function isSwitchedOn(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "yes", "on"].includes(value.trim().toLowerCase());
}
