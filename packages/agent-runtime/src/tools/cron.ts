import type { ParamsOf, ResultOf, Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { countField, flagField, objectField, textField } from "./fields.ts";
import { failed, withGateway } from "./gateway-call.ts";

type Job = ResultOf<"cron.list">["jobs"][number];
type Run = ResultOf<"cron.runs">["entries"][number];

const ACTIONS = ["status", "list", "add", "update", "remove", "run", "runs", "wake"] as const;
const DEFAULT_RUNS = 10;

/** Lets the agent arrange what happens later: reminders, reports, and a word to its own main session. */
export const cronTool: Tool = {
  name: "cron",
  description:
    "Schedules things: reminders and reports. Actions: status, list, add (job), update (id, job), remove (id), run (id), " +
    "runs (id), wake (text, mode). A job has a name, a schedule ({kind:'at',at:ISO time} or {kind:'every',everyMs} or " +
    "{kind:'cron',expr,tz}) and a payload: {kind:'systemEvent',text} leaves a line for the main session, " +
    "{kind:'agentTurn',message} runs a turn of its own, delivered with delivery {mode:'announce',channel,to}. " +
    "For a reminder use at, systemEvent, wakeMode 'now' and deleteAfterRun true.",
  parameters: {
    type: "object",
    properties: {
      action: { type: "string", enum: [...ACTIONS] },
      id: { type: "string", description: "The job, as list shows it." },
      job: {
        type: "object",
        description: "The job to add, or what to change of one.",
        properties: {
          name: { type: "string" },
          description: { type: "string" },
          agentId: { type: "string" },
          enabled: { type: "boolean" },
          deleteAfterRun: { type: "boolean" },
          schedule: { type: "object", description: "at | every | cron, as described above." },
          payload: { type: "object", description: "systemEvent | agentTurn, as described above." },
          delivery: { type: "object", description: "{mode:'announce'|'none', channel, to, bestEffort}" },
          sessionTarget: { type: "string", enum: ["main", "isolated"] },
          wakeMode: { type: "string", enum: ["now", "next-heartbeat"] },
        },
      },
      includeDisabled: { type: "boolean", description: "list: jobs that are switched off as well." },
      limit: { type: "integer", minimum: 1, maximum: 100, description: "runs: how many, the newest first." },
      text: { type: "string", description: "wake: the line for the main session." },
      mode: { type: "string", enum: ["now", "next-heartbeat"], description: "wake: when it is looked at." },
    },
    required: ["action"],
    additionalProperties: false,
  },
  sideEffects: true,
  execute: (input, context) => withGateway(() => act(input, context)),
};

async function act(input: unknown, context: ToolContext): Promise<ToolResult> {
  const action = textField(input, "action") ?? "";
  switch (action) {
    case "status": {
      const status = await context.call("cron.status", {});
      const next = status.nextWakeAtMs === null ? "none" : new Date(status.nextWakeAtMs).toISOString();
      return {
        text: `Jobs run: ${status.enabled ? "yes" : "no"}. Jobs: ${status.jobs}. Next: ${next}.`,
        details: status,
      };
    }
    case "list": {
      const { jobs } = await context.call("cron.list", { includeDisabled: flagField(input, "includeDisabled") });
      return { text: jobs.map(jobLine).join("\n") || "There are no jobs.", details: { jobs } };
    }
    case "add":
      return add(input, context);
    case "wake":
      return wake(input, context);
    case "update":
    case "remove":
    case "run":
    case "runs": {
      const id = textField(input, "id");
      return id === undefined
        ? failed(`"id" is required for ${action}; list shows the ids.`)
        : actOn(id, action, { input, context });
    }
    default:
      return failed(`The action "${action}" does not exist. The actions are: ${ACTIONS.join(", ")}.`);
  }
}

async function add(input: unknown, context: ToolContext): Promise<ToolResult> {
  const job = objectField(input, "job");
  if (!job) return failed('"job" is required for add, with name, schedule and payload.');
  // The gateway checks what the model wrote; a job is for the agent that asks for it.
  const params = { job: { agentId: context.agentId, ...job } } as ParamsOf<"cron.add">;
  const added = await context.call("cron.add", params);
  return { text: `Added. ${jobLine(added)}`, details: added };
}

async function wake(input: unknown, context: ToolContext): Promise<ToolResult> {
  const text = textField(input, "text");
  if (text === undefined) return failed('"text" is required for wake.');
  const mode = textField(input, "mode") === "now" ? "now" : "next-heartbeat";
  await context.call("wake", { text, mode });
  return { text: mode === "now" ? "The main session is woken." : "The line waits for the main session's next turn." };
}

async function actOn(
  id: string,
  action: "update" | "remove" | "run" | "runs",
  { input, context }: { input: unknown; context: ToolContext },
): Promise<ToolResult> {
  switch (action) {
    case "update": {
      const patch = objectField(input, "job");
      if (!patch) return failed('"job" is required for update: what to change.');
      const changed = await context.call("cron.update", { id, patch });
      return { text: `Changed. ${jobLine(changed)}`, details: changed };
    }
    case "remove":
      await context.call("cron.remove", { id });
      return { text: `Removed ${id}.` };
    case "run": {
      const answer = await context.call("cron.run", { id, mode: "force" });
      return { text: `It runs now; runs shows how it ends.`, details: answer };
    }
    case "runs": {
      const { entries } = await context.call("cron.runs", { id, limit: countField(input, "limit") ?? DEFAULT_RUNS });
      return { text: entries.map(runLine).join("\n") || "It has not run yet.", details: { entries } };
    }
  }
}

function jobLine({ id, name, enabled, schedule, nextRunAtMs, state }: Job): string {
  const when = schedule.at ?? schedule.expr ?? `every ${schedule.everyMs ?? 0} ms`;
  const next = nextRunAtMs === undefined ? "no next run" : `next ${new Date(nextRunAtMs).toISOString()}`;
  const last = state.lastStatus === undefined ? "never ran" : `last ${state.lastStatus}`;
  return [id, name, enabled ? when : `${when} (off)`, next, last].join(" | ");
}

function runLine({ scheduledAtMs, ts, slot, status, error, summary }: Run): string {
  return [new Date(scheduledAtMs ?? ts).toISOString(), slot ?? status, error ?? summary ?? ""].join(" | ");
}
