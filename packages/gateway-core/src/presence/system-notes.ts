const MAX_NOTES = 20;

/**
 * Lines about the system that the next turn of the main session should see, such as "the kitchen tablet woke up".
 * The newest 20; the same line twice in a row counts once. They are of the moment, so they do not outlive the process.
 */
export class SystemNotes {
  #lines: string[] = [];

  add(line: string): void {
    if (this.#lines.at(-1) === line) return;
    this.#lines = [...this.#lines, line].slice(-MAX_NOTES);
  }

  list(): readonly string[] {
    return this.#lines;
  }

  /** Takes them out: each line is told to one turn. */
  take(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
