import { defineHandler } from "./define.ts";

const DEFAULT_LIMIT = 100;

export const inboxList = defineHandler("inbox.list", async ({ state, channel, limit }, { inbox }) => {
  const rows = await inbox.list({
    ...(state === undefined ? {} : { state }),
    ...(channel === undefined ? {} : { channel }),
    limit: limit ?? DEFAULT_LIMIT,
  });
  return {
    rows: rows.map(({ account, reason, runId, ...row }) => ({
      ...row,
      accountId: account,
      ...(reason === null ? {} : { reason }),
      ...(runId === null ? {} : { runId }),
    })),
  };
});
