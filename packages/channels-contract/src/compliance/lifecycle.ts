import { expect } from "vitest";

import { deepFreeze, NotApplicable, within, type Rule, type Trial } from "./trial.ts";

const startDeadlineMs = 2_000;

async function describesItsAccountPurely({ subject, account }: Trial): Promise<void> {
  const section = deepFreeze(structuredClone(subject.section));
  const { plugin, environment = {} } = subject;
  const accounts = plugin.accounts(plugin.configSchema.parse(section), deepFreeze({ ...environment }));
  expect(accounts).toEqual([account]);
  expect(account).toMatchObject({ enabled: true, configured: true });
  expect([plugin.id, plugin.label, account.accountId]).not.toContain("");
  for (const secret of subject.secrets) expect(account.secrets).toContain(secret);
}

async function startsWithoutThePlatform(trial: Trial): Promise<void> {
  await trial.platform.goOffline();
  await within(startDeadlineMs, "start to return while the platform is away", trial.start());
  await trial.host.waitUntil("a report that the account is not online", () =>
    ["connecting", "backoff"].includes(trial.host.status?.state ?? ""),
  );
  const { messageId } = await trial.platform.deliver("written while the gateway was away");
  await trial.platform.goOnline();
  await trial.host.waitForState("online");
  await trial.host.waitForEvents(1);
  expect(trial.recordedMessages()).toMatchObject([{ messageId, text: "written while the gateway was away" }]);
}

async function recoversFromAnOutage(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await trial.platform.goOffline();
  await trial.host.waitUntil("a report of the outage", () => trial.host.status?.state !== "online");
  await trial.platform.deliver("during the outage");
  await trial.platform.goOnline();
  await trial.host.waitForState("online");
  await trial.host.waitForEvents(1);
  expect(trial.recordedMessages()).toMatchObject([{ text: "during the outage" }]);
}

async function reportsRefusedCredentials(trial: Trial): Promise<void> {
  const { platform, host } = trial;
  if (platform.revokeCredentials === undefined) throw new NotApplicable("accounts have no credentials");
  platform.revokeCredentials();
  await within(startDeadlineMs, "start to return with refused credentials", trial.start());
  await host.waitForState("unauthorized");
  expect(host.status?.detail ?? "").not.toBe("");
  platform.restoreCredentials?.();
  await host.waitForState("online");
}

async function stopsAtOnceWhenAborted(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await trial.platform.deliver("before");
  await trial.host.waitForEvents(1);
  trial.abortStart();
  await trial.host.waitForState("stopped");
  const { messageId } = await trial.platform.deliver("after");
  await trial.dispose();
  expect(trial.host.events).toHaveLength(1);
  expect(trial.platform.isAcknowledged(messageId)).toBe(false);
}

async function isDisposedTwice(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await Promise.all([trial.dispose(), trial.dispose()]);
  await trial.dispose();
  expect(trial.host.status?.state).toBe("stopped");
}

async function isDisposedUnstarted(trial: Trial): Promise<void> {
  await trial.dispose();
  expect(trial.host.statuses).toEqual([]);
}

async function isDisposedDuringAnOutage(trial: Trial): Promise<void> {
  await trial.platform.goOffline();
  await trial.start();
  await trial.host.waitUntil("a first report", () => trial.host.status !== undefined);
  await trial.dispose();
  expect(trial.host.status?.state).toBe("stopped");
}

async function takesNothingWhenStartedAborted(trial: Trial): Promise<void> {
  const { messageId } = await trial.platform.deliver("never taken in");
  trial.abortStart();
  await within(startDeadlineMs, "start to return", trial.start());
  await trial.dispose();
  expect(trial.host.batches).toEqual([]);
  expect(trial.platform.isAcknowledged(messageId)).toBe(false);
}

async function leavesTheRestForTheNextRun(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const { messageId } = await trial.platform.deliver("recorded");
  await trial.eventually("the acknowledgement", () => trial.platform.isAcknowledged(messageId));
  await trial.dispose();
  const late = await trial.platform.deliver("for the next run");
  const next = await trial.subject.plugin.create(trial.account);
  const stopping = new AbortController();
  try {
    await next.start(trial.host, stopping.signal);
    await trial.host.waitForEvents(2);
    expect(trial.recordedMessages()).toMatchObject([{ messageId }, { messageId: late.messageId }]);
  } finally {
    stopping.abort();
    await next[Symbol.asyncDispose]();
  }
}

export const lifecycleRules: readonly Rule[] = [
  { title: "an account is described from its section alone, secrets named", check: describesItsAccountPurely },
  {
    title: "start returns while the platform is away, and the account comes online later",
    check: startsWithoutThePlatform,
  },
  { title: "an outage is reported, and what was written during it arrives", check: recoversFromAnOutage },
  { title: "refused credentials are reported and tried again", check: reportsRefusedCredentials },
  { title: "aborting the signal of start ends intake", check: stopsAtOnceWhenAborted },
  { title: "disposing twice is harmless and reports stopped", check: isDisposedTwice },
  { title: "a channel that was never started is disposed in silence", check: isDisposedUnstarted },
  { title: "disposing does not wait for a platform that is away", check: isDisposedDuringAnOutage },
  { title: "a start with an aborted signal takes nothing in", check: takesNothingWhenStartedAborted },
  { title: "a second run goes on where the first one stopped", check: leavesTheRestForTheNextRun },
];
