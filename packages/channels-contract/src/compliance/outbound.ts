import { expect } from "vitest";

import { type Rule, type Trial } from "./trial.ts";

async function confirmsWhatItSent(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const outcome = await trial.send(trial.message("hello"));
  expect(outcome).toMatchObject({ outcome: "sent" });
  const [visible] = trial.platform.visible();
  expect(visible).toMatchObject({ text: "hello" });
  if (outcome.outcome !== "sent") return;
  expect(outcome.messageId).toBe(visible?.messageId);
  expect(Math.abs(Date.now() - outcome.at)).toBeLessThan(60_000);
}

async function answersAMessage(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const { messageId } = await trial.platform.deliver("a question");
  await trial.host.waitForEvents(1);
  expect(await trial.send(trial.message("an answer", { replyTo: messageId }))).toMatchObject({ outcome: "sent" });
  expect(trial.visibleTexts()).toEqual(["an answer"]);
}

async function retriesWhatWasNotSent(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await trial.platform.goOffline();
  const outcome = await trial.send(trial.message("not sent"));
  await trial.platform.goOnline();
  expect(outcome).toMatchObject({ outcome: "retry" });
  expect(trial.visibleTexts()).toEqual([]);
}

async function passesOnTheWaitingTime(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  trial.platform.failNextSend("rate-limited");
  const message = trial.message("later");
  const outcome = await trial.send(message);
  expect(outcome).toMatchObject({ outcome: "retry" });
  if (outcome.outcome === "retry") expect(outcome.retryAfterMs).toBeGreaterThan(0);
  expect(trial.visibleTexts()).toEqual([]);
  expect(await trial.send({ ...message, attempt: 2 })).toMatchObject({ outcome: "sent" });
  expect(trial.visibleTexts()).toEqual(["later"]);
}

async function givesUpOnARefusal(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  trial.platform.failNextSend("refused");
  const outcome = await trial.send(trial.message("refused"));
  expect(outcome).toMatchObject({ outcome: "permanent" });
  if (outcome.outcome === "permanent") expect([outcome.code, outcome.reason]).not.toContain("");
  expect(trial.visibleTexts()).toEqual([]);
}

async function doesNotGuessAfterALostAnswer(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  trial.platform.failNextSend("lost-answer");
  const message = trial.message("shown once");
  expect(await trial.send(message)).toMatchObject({ outcome: "unknown" });
  expect(trial.visibleTexts()).toEqual(["shown once"]);
  if (!trial.channel.capabilities.idempotentSend) return;
  expect(await trial.send({ ...message, attempt: 2 })).toMatchObject({ outcome: "sent" });
  expect(trial.visibleTexts()).toEqual(["shown once"]);
}

async function doesNotWaitForEver(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  trial.platform.failNextSend("no-answer");
  const aborting = new AbortController();
  const outcome = trial.send(trial.message("no answer"), aborting.signal);
  setTimeout(() => aborting.abort(new Error("The gateway gave up.")), 200);
  expect(await outcome).toMatchObject({ outcome: "unknown" });
}

async function sendsNothingWhenAborted(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const outcome = await trial.send(trial.message("never"), AbortSignal.abort(new Error("The gateway gave up.")));
  expect(outcome).toMatchObject({ outcome: "retry" });
  expect(await trial.send(trial.message("next"))).toMatchObject({ outcome: "sent" });
  expect(trial.visibleTexts()).toEqual(["next"]);
}

async function sendsNothingOnceStopped(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await trial.dispose();
  expect(await trial.send(trial.message("too late"))).toMatchObject({ outcome: "retry" });
  expect(trial.visibleTexts()).toEqual([]);
}

async function takesTextUpToItsLimit(trial: Trial): Promise<void> {
  const { maxTextLength } = trial.channel.capabilities;
  expect(maxTextLength).toBeGreaterThan(0);
  await trial.startAndWaitUntilOnline();
  const text = "x".repeat(maxTextLength);
  expect(await trial.send(trial.message(text))).toMatchObject({ outcome: "sent" });
  await trial.eventually("the text", () => trial.visibleTexts().includes(text));
}

async function refusesEmptyText(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  expect(await trial.send(trial.message(" \n "))).toMatchObject({ outcome: "permanent" });
  expect(trial.visibleTexts()).toEqual([]);
}

async function probesWithoutThrowing(trial: Trial): Promise<void> {
  const { signal } = new AbortController();
  if (trial.channel.probe === undefined) return;
  await trial.startAndWaitUntilOnline();
  expect(await trial.channel.probe(signal)).toMatchObject({ ok: true });
  await trial.platform.goOffline();
  const probe = await trial.channel.probe(signal);
  expect(probe.ok).toBe(false);
  expect(probe.error ?? "").not.toBe("");
  for (const secret of trial.subject.secrets) expect(probe.error).not.toContain(secret);
}

async function showsTypingWithoutThrowing(trial: Trial): Promise<void> {
  const { signal } = new AbortController();
  if (trial.channel.typing === undefined) return;
  await trial.startAndWaitUntilOnline();
  await trial.channel.typing.show(trial.subject.to, signal);
  await trial.platform.goOffline();
  await trial.channel.typing.show(trial.subject.to, signal);
}

export const outboundRules: readonly Rule[] = [
  { title: "a confirmed message is sent, with the platform's id", check: confirmsWhatItSent },
  { title: "a message can answer another one", check: answersAMessage },
  { title: "a platform that is away means retry, and nothing is shown", check: retriesWhatWasNotSent },
  { title: "a rate limit means retry, with the platform's waiting time", check: passesOnTheWaitingTime },
  { title: "a refusal is permanent, with a code", check: givesUpOnARefusal },
  { title: "F6 a lost answer is unknown, and nothing is sent twice", check: doesNotGuessAfterALostAnswer },
  { title: "an abort ends a send that gets no answer as unknown", check: doesNotWaitForEver },
  { title: "an aborted signal means retry, and nothing is shown", check: sendsNothingWhenAborted },
  { title: "a stopped channel sends nothing", check: sendsNothingOnceStopped },
  { title: "a text as long as the capability says is sent", check: takesTextUpToItsLimit },
  { title: "a text without a character is refused for good", check: refusesEmptyText },
  { title: "a probe answers and never throws", check: probesWithoutThrowing },
  { title: "typing never throws", check: showsTypingWithoutThrowing },
];
