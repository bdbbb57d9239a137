import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { numberField, textField } from "../fields.ts";
import { failed, withGateway } from "../gateway-call.ts";

const MAX_TIMEOUT_SECONDS = 86_400;

/** What an agent may do with sub-agents. */
export interface SubagentPolicy {
  /** Agents that it may give tasks to, with `*` for any; only itself when absent. */
  readonly allowAgents?: readonly string[] | undefined;
  /** The model of its sub-agents as "provider/model"; their agent's own when absent. */
  readonly model?: string | undefined;
}

/** Gives a task to a sub-agent: a turn in a session of its own, which reports when it is done. */
export function sessionsSpawnTool(policyOf: (agentId: string) => SubagentPolicy): Tool {
  return {
    name: "sessions_spawn",
    description:
      "Gives a task to a sub-agent, which works on it in a session of its own while you go on. It knows nothing of this conversation: put everything it needs into the task. Its report comes to this session as a message when it is done; do not wait for it.",
    parameters: {
      type: "object",
      properties: {
        task: { type: "string", description: "What to do, with everything that has to be known for it." },
        label: { type: "string", description: "A short name for it." },
        agentId: { type: "string", description: "The agent that does it; you when left out. agents_list shows them." },
        model: { type: "string", description: "provider/model." },
        thinking: { type: "string", description: "off, minimal, low, medium, high or xhigh." },
        runTimeoutSeconds: {
          type: "number",
          minimum: 0,
          maximum: MAX_TIMEOUT_SECONDS,
          description: "Stop it after so long; 0, or nothing, leaves that to the gateway.",
        },
        cleanup: { type: "string", enum: ["keep", "delete"], description: "delete forgets its session afterwards." },
      },
      required: ["task"],
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, context) => withGateway(() => spawn(input, context, policyOf(context.agentId))),
  };
}

async function spawn(input: unknown, context: ToolContext, policy: SubagentPolicy): Promise<ToolResult> {
  const task = textField(input, "task");
  if (task === undefined) return failed('"task" is required and must not be empty.');
  const agentId = textField(input, "agentId") ?? context.agentId;
  if (!mayTask(context.agentId, agentId, policy)) {
    return failed(
      `You may not give tasks to the agent "${agentId}": agents.list[].subagents.allowAgents in the gateway's configuration does not name it.`,
    );
  }
  const runId = `${context.runId}:${context.toolCallId}`;
  const childSessionKey = `agent:${agentId}:subagent:${runId}`.toLowerCase();
  const label = textField(input, "label");
  const model = textField(input, "model") ?? policy.model;
  const thinking = textField(input, "thinking");
  const seconds = Math.min(numberField(input, "runTimeoutSeconds") ?? 0, MAX_TIMEOUT_SECONDS);
  await context.start("agent", {
    sessionKey: childSessionKey,
    message: task,
    extraSystemPrompt: introduction(context, label),
    spawnedBy: context.sessionKey,
    lane: "subagent",
    deliver: false,
    cleanup: textField(input, "cleanup") === "delete" ? "delete" : "keep",
    ...(label === undefined ? {} : { label }),
    ...(model === undefined ? {} : { model }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(seconds === 0 ? {} : { timeout: Math.ceil(seconds) }),
    idempotencyKey: runId,
  });
  const details = { status: "accepted", runId, childSessionKey };
  return {
    text: `Accepted: the sub-agent works in ${childSessionKey}. Its report comes here when it is done.`,
    details,
  };
}

function mayTask(own: string, wanted: string, { allowAgents }: SubagentPolicy): boolean {
  if (wanted.toLowerCase() === own.toLowerCase()) return true;
  return (allowAgents ?? []).some(
    (entry) => entry.trim() === "*" || entry.trim().toLowerCase() === wanted.toLowerCase(),
  );
}

function introduction({ agentId, sessionKey }: ToolContext, label: string | undefined): string {
  return [
    "# This task",
    `You are a sub-agent${label === undefined ? "" : ` (${label})`}: the agent "${agentId}" gave you a task out of its session ${sessionKey}.`,
    "Do the task and nothing else. Nobody can answer questions. Your last answer is your report: say what came of it, with everything that has to be known. It goes to the agent, not to a chat.",
  ].join("\n");
}
