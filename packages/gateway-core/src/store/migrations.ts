import type { DatabaseSync } from "node:sqlite";

import { FatalError } from "../errors.ts";
import { migration001 } from "./migrations/001-messages.ts";
import { migration002 } from "./migrations/002-cron.ts";
import { migration003 } from "./migrations/003-sessions.ts";
import { migration004 } from "./migrations/004-media.ts";
import { migration005 } from "./migrations/005-devices.ts";
import { migration006 } from "./migrations/006-queue-modes.ts";
import { migration007 } from "./migrations/007-nodes.ts";
import { migration008 } from "./migrations/008-exec-approvals.ts";
import { migration009 } from "./migrations/009-changes.ts";
import { migration010 } from "./migrations/010-passing-notes.ts";
import { migration011 } from "./migrations/011-inbox-sources.ts";
import { migration012 } from "./migrations/012-waiting-turns.ts";
import { migration013 } from "./migrations/013-merged-turns.ts";
import { migration014 } from "./migrations/014-ended-turns.ts";

/** Every migration, in order; the database's user_version says how many of them it has seen. */
const MIGRATIONS: readonly string[] = [
  migration001,
  migration002,
  migration003,
  migration004,
  migration006,
  migration005,
  migration009,
  migration007,
  migration008,
  migration010,
  migration011,
  migration012,
  migration013,
  migration014,
];

/** Brings a database to the newest schema, one transaction per step. */
export function migrate(database: DatabaseSync): void {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > MIGRATIONS.length) {
    throw new FatalError(
      `The database was written by a newer version (schema ${row.user_version}, this one knows ${MIGRATIONS.length}).`,
      "Install that version again, or restore a backup made before the upgrade.",
    );
  }
  for (let version = row.user_version; version < MIGRATIONS.length; version += 1) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[version]}; PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}
