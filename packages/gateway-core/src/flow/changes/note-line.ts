import { instant } from "../../agent/envelope.ts";

const MAX_LENGTH = 2_000;

/** What an agent is told of something that happened in a chat; people's words can not begin another line. */
export function noteLine(at: number, text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return `[${instant(at, undefined)}] ${line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)}…`}`;
}
