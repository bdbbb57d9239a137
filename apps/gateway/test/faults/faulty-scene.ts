import { SqliteStore } from "@openclaw/gateway-core";
import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { FaultProxy } from "@openclaw/testkit/fault-proxy";
import { TestProcess } from "@openclaw/testkit/process";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";

import type { FaultProgramArgument } from "./program.ts";

const ADA = 4711;
const PROGRAM = new URL("program.ts", import.meta.url).pathname;
const LABEL = "(this may be a repeat)\n";

export interface SceneOptions {
  readonly unknownPolicy?: FaultProgramArgument["unknownPolicy"];
  /** Where the gateway keeps its state; a directory of its own when absent. */
  readonly stateDir?: string;
}

/** A gateway process, a fake Telegram with Ada, and a bad network between them. */
export class FaultyScene implements AsyncDisposable {
  readonly telegram: FakeTelegram;
  readonly proxy: FaultProxy;
  readonly stateDir: string;
  readonly #unknownPolicy: FaultProgramArgument["unknownPolicy"];
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: { readonly telegram: FakeTelegram; readonly proxy: FaultProxy; readonly stateDir: string },
    unknownPolicy: FaultProgramArgument["unknownPolicy"],
    stack: AsyncDisposableStack,
  ) {
    this.telegram = parts.telegram;
    this.proxy = parts.proxy;
    this.stateDir = parts.stateDir;
    this.#unknownPolicy = unknownPolicy;
    this.#stack = stack;
  }

  static async open({ unknownPolicy = "label", stateDir }: SceneOptions = {}): Promise<FaultyScene> {
    const stack = new AsyncDisposableStack();
    const directory = stateDir ?? stack.use(await createTempDirectory("openclaw-faults")).path;
    const telegram = stack.use(await FakeTelegram.start());
    const proxy = stack.use(await FaultProxy.start(telegram.apiRoot));
    telegram.people.addUser({ id: ADA, firstName: "Ada" });
    return new FaultyScene({ telegram, proxy, stateDir: directory }, unknownPolicy, stack);
  }

  /** Starts the gateway and waits until it says that it runs. */
  async start(): Promise<GatewayProcess> {
    const argument: FaultProgramArgument = {
      stateDir: this.stateDir,
      apiRoot: this.proxy.url,
      token: this.telegram.token,
      unknownPolicy: this.#unknownPolicy,
    };
    const process = this.#stack.use(
      TestProcess.start({
        command: globalThis.process.execPath,
        arguments: ["--conditions=@openclaw/source", PROGRAM, JSON.stringify(argument)],
        environment: { PATH: globalThis.process.env["PATH"], HOME: this.stateDir, TMPDIR: this.stateDir },
      }),
    );
    const [, port = ""] = await process.waitForOutput(/^ready (\d+) \S+$/m);
    return { process, http: `http://127.0.0.1:${port}` };
  }

  says(text: string) {
    return this.telegram.people.says(this.telegram.people.addUser({ id: ADA, firstName: "Ada" }), text);
  }

  /** What Ada sees: copies that say they may be repeats apart. */
  get seen(): { plain: string[]; labelled: string[] } {
    const texts = this.telegram.sent.map(({ message }) => message.text ?? "");
    return {
      plain: texts.filter((text) => !text.startsWith(LABEL)),
      labelled: texts.filter((text) => text.startsWith(LABEL)).map((text) => text.slice(LABEL.length)),
    };
  }

  /** The states of what was to be sent, oldest first, read after the gateway has ended. */
  async outboxStates(): Promise<string[]> {
    await using store = SqliteStore.open(`${this.stateDir}/gateway.sqlite`);
    const rows = await store.all<{ state: string }>("SELECT state FROM outbox ORDER BY position");
    return rows.map(({ state }) => state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

export interface GatewayProcess {
  readonly process: TestProcess;
  /** The address of its HTTP port. */
  readonly http: string;
}
