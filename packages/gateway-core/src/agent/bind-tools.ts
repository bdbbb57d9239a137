import type { BoundTool, Tool, ToolContext, ToolResult } from "../ports.ts";

const MAX_RESULT_LENGTH = 100_000;

export interface ToolBinding {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly call: ToolContext["call"];
  readonly start: ToolContext["start"];
  /** Whether the turn may use a tool: with any model, or with one. */
  readonly allows: (tool: string, model?: { readonly provider: string; readonly model: string }) => boolean;
  /** Called, and awaited, before the first tool runs that changes something outside the turn. */
  readonly beforeSideEffect: () => Promise<void>;
}

/** Gives one turn those tools of a gateway that it may use. */
export function bindTools(tools: readonly Tool[], binding: ToolBinding): BoundTool[] {
  const allowed = tools.filter((tool) => binding.allows(tool.name));
  return allowed.map((tool) => ({
    name: tool.name,
    description: tool.description,
    parameters: tool.parameters,
    isFor: (model) => binding.allows(tool.name, model),
    execute: (input, toolCallId, signal) => executeTool(tool, binding, { input, toolCallId, signal }),
  }));
}

interface ToolExecution {
  readonly input: unknown;
  readonly toolCallId: string;
  readonly signal: AbortSignal;
}

/** A tool that fails tells the model so; only an abort ends the turn. */
async function executeTool(tool: Tool, binding: ToolBinding, execution: ToolExecution): Promise<ToolResult> {
  const { runId, agentId, sessionKey, call, start } = binding;
  execution.signal.throwIfAborted();
  if (tool.sideEffects) await binding.beforeSideEffect();
  try {
    const context = { runId, agentId, sessionKey, toolCallId: execution.toolCallId, call, start };
    const result = await tool.execute(execution.input, context, execution.signal);
    return result.text.length <= MAX_RESULT_LENGTH
      ? result
      : {
          ...result,
          text: `${result.text.slice(0, MAX_RESULT_LENGTH)}\n[cut: the result had ${result.text.length} characters]`,
        };
  } catch (error) {
    execution.signal.throwIfAborted();
    return {
      text: `The tool ${tool.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      isError: true,
    };
  }
}
