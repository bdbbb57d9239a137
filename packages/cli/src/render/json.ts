/** One document for a command that answers once: indented, so that a person can read it too. */
export function renderJson(data: unknown): string {
  return `${JSON.stringify(data ?? null, undefined, 2)}\n`;
}

/** One line for a command that goes on: a stream of documents, one on each line. */
export function renderJsonLine(data: unknown): string {
  return `${JSON.stringify(data ?? null)}\n`;
}
