import { writeSync } from "node:fs";

import type { Channel, ChannelPlugin } from "@openclaw/channels-contract";
import type { Agent, SqlExecutor, SqlRow, SqlValue, Store } from "@openclaw/gateway-core";

/** Counts the instants of a run at which a process may die, and dies at one of them. */
export class CrashPoints {
  readonly #crashAt: number;
  #count = 0;

  /** `crashAt` counts from 1; 0 never crashes. */
  constructor(crashAt: number) {
    this.#crashAt = crashAt;
  }

  get count(): number {
    return this.#count;
  }

  /** Called at every instant worth dying at. A kill can not be caught: nothing after it runs. */
  reach(label: string): void {
    this.#count += 1;
    if (this.#count !== this.#crashAt) return;
    writeSync(1, `crash ${this.#count} ${label}\n`);
    process.kill(process.pid, "SIGKILL");
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

/** A store that can die before each statement of a transaction, before its commit, and after it. */
export function crashingStore(store: Store, points: CrashPoints): Store {
  return {
    all: <Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]) => store.all<Row>(sql, ...parameters),
    get: <Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]) => store.get<Row>(sql, ...parameters),
    run: (sql, ...parameters) => around(points, nameOf(sql), () => store.run(sql, ...parameters)),
    transaction: async (work) => {
      const result = await store.transaction(async (sql) => {
        const value = await work(crashingStatements(sql, points));
        points.reach("before a commit");
        return value;
      });
      points.reach("after a commit");
      return result;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** A channel that can die before it calls the platform, and after the platform answered. */
export function crashingChannel(plugin: ChannelPlugin, points: CrashPoints): ChannelPlugin {
  return {
    ...plugin,
    create: async (account) => {
      const channel = await plugin.create(account);
      const send: Channel["send"] = (message, signal) => around(points, "a send", () => channel.send(message, signal));
      return new Proxy(channel, {
        get: (target, name) => {
          if (name === "send") return send;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value as (...parameters: unknown[]) => unknown).bind(target) : value;
        },
      });
    },
  };
}

/** An agent that can die before each part it yields. */
export function crashingAgent(agent: Agent, points: CrashPoints): Agent {
  return {
    listModels: () => agent.listModels(),
    defaultModel: (agentId) => agent.defaultModel(agentId),
    async *runTurn(turn, signal) {
      for await (const part of agent.runTurn(turn, signal)) {
        points.reach(`the part ${part.type}`);
        yield part;
      }
    },
  };
}

function crashingStatements(sql: SqlExecutor, points: CrashPoints): SqlExecutor {
  return {
    all: <Row = SqlRow>(text: string, ...parameters: readonly SqlValue[]) => sql.all<Row>(text, ...parameters),
    get: <Row = SqlRow>(text: string, ...parameters: readonly SqlValue[]) => sql.get<Row>(text, ...parameters),
    run: (text, ...parameters) => {
      points.reach(`inside a transaction, ${nameOf(text)}`);
      return sql.run(text, ...parameters);
    },
  };
}

async function around<T>(points: CrashPoints, label: string, work: () => Promise<T>): Promise<T> {
  points.reach(`before ${label}`);
  const result = await work();
  points.reach(`after ${label}`);
  return result;
}

function nameOf(sql: string): string {
  return sql.trim().split(/\s+/).slice(0, 3).join(" ").toLowerCase();
}
