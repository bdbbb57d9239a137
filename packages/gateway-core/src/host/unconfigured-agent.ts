import { type Agent, AgentError } from "../ports.ts";

/** Stands in when a host brings no agent: every turn ends with a plain word about what is missing. */
export const unconfiguredAgent: Agent = {
  runTurn: () => ({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        Promise.reject(
          new AgentError("unknown-model", "This gateway has no agent; pass one to createGateway({ agent })."),
        ),
    }),
  }),
  listModels: () => Promise.resolve([]),
  defaultModel: () => "none/none",
};

/** True for the name of a model, false for what answers while none is configured. */
export function isModelConfigured(reference: string): boolean {
  return !/^(?:offline|none)\//.test(reference);
}
