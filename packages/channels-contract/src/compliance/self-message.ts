import { expect } from "vitest";

import { NotApplicable, type Rule, type Trial } from "./trial.ts";

async function marksItsOwnMessages(trial: Trial): Promise<void> {
  if (trial.platform.deliverOwn === undefined) throw new NotApplicable("the platform never delivers own messages");
  await trial.startAndWaitUntilOnline();
  await trial.platform.deliverOwn("written by the account itself");
  await trial.platform.deliver("written by someone");
  await trial.host.waitUntil("the other message", () =>
    trial.recordedMessages().some((message) => message.text === "written by someone"),
  );
  const answerable = trial.recordedMessages().filter((message) => message.sender.isSelf !== true);
  expect(answerable.map((message) => message.text)).toEqual(["written by someone"]);
}

async function doesNotHearItself(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  expect(await trial.send(trial.message("an answer"))).toMatchObject({ outcome: "sent" });
  await trial.platform.deliver("written by someone");
  await trial.host.waitUntil("the other message", () =>
    trial.recordedMessages().some((message) => message.text === "written by someone"),
  );
  const answerable = trial.recordedMessages().filter((message) => message.sender.isSelf !== true);
  expect(answerable.map((message) => message.text)).toEqual(["written by someone"]);
}

async function saysNoSecretInTrouble(trial: Trial): Promise<void> {
  const { platform, host } = trial;
  await trial.startAndWaitUntilOnline();
  for (const failure of ["rate-limited", "refused", "lost-answer"] as const) {
    platform.failNextSend(failure);
    await trial.send(trial.message(`ends as ${failure}`));
  }
  await platform.goOffline();
  await trial.send(trial.message("offline"));
  await host.waitUntil("a report of the outage", () => host.status?.state !== "online");
  await platform.goOnline();
  await host.waitForState("online");
  platform.revokeCredentials?.();
  await trial.send(trial.message("refused"));
  trial.expectNoSecrets();
}

export const selfMessageRules: readonly Rule[] = [
  { title: "F36 own messages that come back are marked as such", check: marksItsOwnMessages },
  { title: "F36 what the account sends is not heard as a message", check: doesNotHearItself },
  { title: "secrets stay out of logs, statuses and outcomes in any trouble", check: saysNoSecretInTrouble },
];
