import type { Agent, TranscriptMessage, TurnPart } from "@openclaw/gateway-core";

/**
 * A mind of one's own: anything that turns a prompt into parts. This one waters plants with a tool and says so; yours
 * may call a model. It gets everything it needs in `turn` and must stop when the signal aborts.
 */
export const gardener: Agent = {
  async *runTurn(turn, signal): AsyncGenerator<TurnPart> {
    yield { type: "model", provider: "example", model: "gardener" };
    const added: TranscriptMessage[] = [];

    const waterPlants = turn.tools.find(({ name }) => name === "water_plants");
    const plant = /water the (\w+)/i.exec(turn.prompt)?.[1];
    let text = `You said "${turn.prompt}". I only know how to water plants.`;
    if (waterPlants !== undefined && plant !== undefined) {
      const call = { toolCallId: `${turn.runId}:1`, name: waterPlants.name };
      yield { type: "tool-call", ...call, input: { plant } };
      const result = await waterPlants.execute({ plant }, call.toolCallId, signal);
      yield { type: "tool-result", ...call, result };
      text = result.text;
    }

    // Words one by one, as a model streams them.
    for (const word of text.split(/(?<= )/)) {
      signal.throwIfAborted();
      yield { type: "text", delta: word };
    }
    added.push({ role: "assistant", content: [{ type: "text", text }], timestamp: Date.now() });
    const usage = { input: turn.prompt.length, output: text.length, cacheRead: 0, cacheWrite: 0, total: 0 };
    yield { type: "finish", reason: "stop", usage, messages: added };
  },
  listModels: () => Promise.resolve([]),
  defaultModel: () => "example/gardener",
};
