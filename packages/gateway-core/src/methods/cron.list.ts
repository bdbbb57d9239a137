import { defaultAgentId } from "../config/agent-selection.ts";
import type { Job } from "../cron/job.ts";
import { toWireJob } from "./cron-wire.ts";
import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 200;

export const cronList = defineHandler("cron.list", async (params, { scheduled, config }) => {
  const { includeDisabled = false, enabled, agentId, query, limit = DEFAULT_LIMIT, offset = 0 } = params;
  const defaultId = defaultAgentId(config.current);
  const agentOf = ({ definition }: Job) => definition.agentId ?? defaultId;
  const wanted = (job: Job) => {
    if (enabled === "enabled" && !job.enabled) return false;
    if (enabled === "disabled" && job.enabled) return false;
    if (enabled === undefined && !includeDisabled && !job.enabled) return false;
    if (agentId !== undefined && agentOf(job) !== agentId) return false;
    return query === undefined || matches(job, query);
  };
  const found = (await scheduled.cron.list()).filter(wanted);
  const shown = found.slice(offset, offset + limit);
  const end = offset + shown.length;
  const hasMore = end < found.length;
  return {
    jobs: shown.map((job) => ({ ...toWireJob(job), effectiveAgentId: agentOf(job) })),
    total: found.length,
    offset,
    limit,
    hasMore,
    nextOffset: hasMore ? end : null,
  };
});

function matches({ definition: { name, description = "" } }: Job, query: string): boolean {
  return `${name}\n${description}`.toLowerCase().includes(query.toLowerCase());
}
