import { open } from "node:fs/promises";
import { join } from "node:path";

import type { MemoryPlatform } from "@openclaw/channels-contract/memory";

export interface ModelTarget {
  /** Of an API that speaks like OpenAI's chat completions. */
  readonly baseUrl: string;
  readonly id: string;
}

/** Turns to run: so many at once, each in a chat of its own, until the count is reached. */
export interface TurnRound {
  readonly count: number;
  readonly concurrency: number;
}

export interface BareRound extends TurnRound {
  readonly model: ModelTarget;
}

export interface Timings {
  /** Milliseconds of each operation. */
  readonly eachMs: readonly number[];
  /** Milliseconds from the first to the last. */
  readonly allMs: number;
}

/** Turns in one chat before a new one begins: a conversation, not an ever longer prompt. */
const TURNS_PER_CHAT = 10;
const TURN_TIMEOUT_MS = 20_000;
const COMMITS = 50;
const PAGE = Buffer.alloc(4096, 1);

let chats = 0;

/** People write, and the answers arrive on the platform: the whole way of a message, durable at every step. */
export function turns(platform: MemoryPlatform, round: TurnRound): Promise<Timings> {
  return load(round, () => {
    let turn = 0;
    let chatId = "";
    return async () => {
      if (turn % TURNS_PER_CHAT === 0) chatId = `chat-${(chats += 1)}`;
      turn += 1;
      const text = `turn ${turn} of ${chatId}`;
      const answer = nextAnswer(platform, chatId);
      platform.say({ chatId, text });
      const answered = await answer;
      if (!answered.endsWith(text)) throw new Error(`"${text}" was answered with "${answered}".`);
    };
  });
}

/** The next message the account writes into a chat. */
export function nextAnswer(platform: MemoryPlatform, chatId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${chatId} got no answer.`)), TURN_TIMEOUT_MS);
    const listening = platform.onSent(({ to, text }) => {
      if (to.chatId !== chatId) return;
      clearTimeout(timer);
      listening[Symbol.dispose]();
      resolve(text);
    });
  });
}

/** The same questions to the model server alone, over the same fetch, read to the end. */
export function roundTrips({ model, ...round }: BareRound): Promise<Timings> {
  return load(round, () => {
    let turn = 0;
    return async () => {
      turn += 1;
      const response = await fetch(`${model.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer none" },
        body: JSON.stringify({
          model: model.id,
          stream: true,
          messages: [{ role: "user", content: `turn ${turn}` }],
        }),
      });
      if (!response.ok) throw new Error(`The model server answered ${response.status}.`);
      await response.text();
    };
  });
}

/** What the disk takes for one small durable write, the floor under everything that is durable. */
export async function timeCommits(directory: string): Promise<readonly number[]> {
  const file = await open(join(directory, "commits"), "a");
  const times: number[] = [];
  try {
    for (let n = 0; n < COMMITS; n += 1) {
      const startedAt = performance.now();
      await file.write(PAGE);
      await file.datasync();
      times.push(performance.now() - startedAt);
    }
  } finally {
    await file.close();
  }
  return times;
}

/** Runs workers side by side, each doing one operation after the other, until the count is reached. */
async function load({ count, concurrency }: TurnRound, worker: () => () => Promise<void>): Promise<Timings> {
  const eachMs: number[] = [];
  let started = 0;
  const startedAt = performance.now();
  const run = async () => {
    const operate = worker();
    while (started < count) {
      started += 1;
      const begin = performance.now();
      await operate();
      eachMs.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  return { eachMs, allMs: performance.now() - startedAt };
}
