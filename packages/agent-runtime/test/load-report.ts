/**
 * Run as a process of its own: imports the package, runs a turn of the offline model that calls a tool, then one of a
 * real provider at the address in argv, and prints as one JSON line what each stage loaded and cost.
 */
import { registerHooks } from "node:module";

import type * as Runtime from "../src/index.ts";

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

interface Stage {
  readonly name: string;
  readonly milliseconds: number;
  readonly residentMiB: number;
  /** Modules of other packages, by package name. */
  readonly packages: readonly string[];
}

const stages: Stage[] = [];

async function stage(name: string, work: () => Promise<void>): Promise<void> {
  loaded.length = 0;
  const start = performance.now();
  await work();
  const milliseconds = Math.round(performance.now() - start);
  const packages = new Set(loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(url)?.[1] ?? []));
  stages.push({
    name,
    milliseconds,
    residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    packages: [...packages].toSorted(),
  });
}

const [baseUrl] = process.argv.slice(2);
if (baseUrl === undefined) throw new Error("usage: load-report.ts <base URL>");

await stage("start", async () => {});
let runtime: typeof Runtime | undefined;
await stage("import", async () => {
  runtime = await import("../src/index.ts");
});
const { createTool, createTurn, outcomeOf, realClock, RecordedLog } = await import("./harness.ts");
if (runtime === undefined) throw new Error("not imported");
const providers = { fake: { baseUrl, apiKey: "key-of-a-test" } };
const agent = runtime.createAgentRuntime({ settings: () => ({ providers }), clock: realClock, log: new RecordedLog() });

async function turn(model: string, prompt: string): Promise<void> {
  const parts = agent.runTurn(
    createTurn({ model, prompt, tools: [createTool("weather")] }),
    new AbortController().signal,
  );
  const { error, finish } = await outcomeOf(parts);
  if (error !== undefined || finish === undefined) throw new Error(`the turn of ${model} failed`, { cause: error });
}

await stage("offline turn", () => turn("offline/echo", "hello"));
await stage("offline turn with a tool", () => turn("offline/echo", '/tool weather {"city":"Oslo"}'));
await stage("first real turn", () => turn("fake/model-1", "hello"));
await stage("second real turn", () => turn("fake/model-1", "hello"));
process.stdout.write(`${JSON.stringify(stages)}\n`);
