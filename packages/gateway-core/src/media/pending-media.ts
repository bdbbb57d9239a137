import type { MediaReference } from "@openclaw/channels-contract";

import type { SqlExecutor, Store } from "../ports.ts";

/** A file that came with a message and has not been fetched yet. */
export interface PendingFile {
  readonly channel: string;
  readonly account: string;
  /** Names the file among all: what is fetched once under it is not fetched again. */
  readonly origin: string;
  readonly reference: MediaReference;
}

interface Row {
  readonly channel: string;
  readonly account: string;
  readonly origin: string;
  readonly reference: string;
}

/** Which files belong to which turn. A turn has those of the turns that were merged into it as well. */
export class PendingMedia {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async add(sql: SqlExecutor, runId: string, files: readonly PendingFile[]): Promise<void> {
    for (const { channel, account, origin, reference } of files) {
      await sql.run(
        "INSERT INTO turn_media (run_id, channel, account, origin, reference) VALUES (?, ?, ?, ?, ?)",
        runId,
        channel,
        account,
        origin,
        JSON.stringify(reference),
      );
    }
  }

  /** Puts another file in the place of the one that stands at an index among those of a turn. */
  async replaceAt(
    sql: SqlExecutor,
    { runId, index }: { runId: string; index: number },
    { origin, reference }: PendingFile,
  ): Promise<void> {
    await sql.run(
      `UPDATE turn_media SET origin = ?, reference = ?
       WHERE id = (SELECT id FROM turn_media WHERE run_id = ? ORDER BY id LIMIT 1 OFFSET ?)`,
      origin,
      JSON.stringify(reference),
      runId,
      index,
    );
  }

  /** In the order in which they came. */
  async of(runId: string): Promise<PendingFile[]> {
    const rows = await this.#store.all<Row>(
      `SELECT * FROM turn_media WHERE run_id = ? OR run_id IN (SELECT run_id FROM turns WHERE merged_into = ?)
       ORDER BY id`,
      runId,
      runId,
    );
    return rows.map(({ reference, ...file }) => ({ ...file, reference: JSON.parse(reference) as MediaReference }));
  }
}
