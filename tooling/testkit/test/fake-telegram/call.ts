import type { FakeTelegram } from "../../src/fake-telegram.ts";
import { isRecord } from "../../src/fake-telegram/parameters.ts";

export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly result: unknown;
  readonly description: string | undefined;
  readonly parameters: unknown;
}

/** One call over HTTP with a JSON body, as a client makes it. */
export async function call(telegram: FakeTelegram, method: string, parameters: object = {}): Promise<Answer> {
  return post(`${telegram.apiRoot}/bot${telegram.token}/${method}`, parameters);
}

export async function post(url: string, parameters: object = {}, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(parameters),
    ...(signal === undefined ? {} : { signal }),
  });
  const body: unknown = await response.json();
  if (!isRecord(body)) throw new Error("The answer is not a JSON object.");
  return {
    status: response.status,
    ok: body["ok"] === true,
    result: body["result"],
    description: typeof body["description"] === "string" ? body["description"] : undefined,
    parameters: body["parameters"],
  };
}

/** The ids of the updates in an answer of getUpdates. */
export function updateIds(answer: Answer): number[] {
  if (!Array.isArray(answer.result))
    throw new Error(`Not a list of updates: ${answer.description ?? "no description"}`);
  return answer.result.map((update: unknown) => numberIn(update, "update_id"));
}

/** A number field of an object. */
export function numberIn(value: unknown, field: string): number {
  const found = isRecord(value) ? value[field] : undefined;
  if (typeof found !== "number") throw new Error(`There is no number ${field}.`);
  return found;
}

/** A string field of an object. */
export function stringIn(value: unknown, field: string): string {
  const found = isRecord(value) ? value[field] : undefined;
  if (typeof found !== "string") throw new Error(`There is no string ${field}.`);
  return found;
}
