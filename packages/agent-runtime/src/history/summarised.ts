import type { CompactionMessage, TranscriptMessage } from "@openclaw/gateway-core/ports";

const SUMMARY_TITLE = "[Summary of the conversation so far]";
const SUMMARY_READ = "[I have read the summary.]";

/** What a history still says in full, after the summary of the rest when there is one. */
export interface SummarisedHistory {
  readonly summary: CompactionMessage | undefined;
  readonly messages: readonly TranscriptMessage[];
}

/** The last summary stands for all before it that it does not leave in place. */
export function afterSummary(history: readonly TranscriptMessage[]): SummarisedHistory {
  const index = history.findLastIndex((message) => message.role === "compaction");
  const summary = history[index];
  if (summary?.role !== "compaction") return { summary: undefined, messages: history };
  const kept = history.slice(0, index).filter((message) => message.timestamp >= summary.keptSince);
  const messages = [...kept, ...history.slice(index + 1)].filter((message) => message.role !== "compaction");
  return { summary, messages };
}

/** The summary as models read it: told by the person, and taken note of. */
export function tellSummary({ content, timestamp }: CompactionMessage): readonly TranscriptMessage[] {
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return [
    { role: "user", content: [{ type: "text", text: `${SUMMARY_TITLE}\n${text}` }], timestamp },
    { role: "assistant", content: [{ type: "text", text: SUMMARY_READ }], timestamp },
  ];
}
