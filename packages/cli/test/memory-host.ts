import {
  type ConfigFile,
  type GatewayLocation,
  type Host,
  main,
  type RunGatewayOptions,
  type RunOutcome,
  type SetUpResult,
} from "../src/index.ts";

export interface MemoryHostOptions {
  readonly url?: string;
  readonly terminal?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly location?: Partial<GatewayLocation>;
  readonly signal?: AbortSignal;
  readonly runGateway?: (options: RunGatewayOptions, signal: AbortSignal) => Promise<RunOutcome>;
  readonly setUp?: Partial<SetUpResult>;
  readonly configFile?: Partial<ConfigFile>;
  /** Called with everything that is written to stdout, as it is written. */
  readonly onOutput?: (text: string) => void;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document on stdout. */
  readonly json: unknown;
  /** The documents on stdout, one on each line. */
  readonly lines: readonly unknown[];
  /** The profiles that set-up, location and the gateway were asked for. */
  readonly asked: readonly {
    readonly call: string;
    readonly profile: string | undefined;
    readonly options?: unknown;
  }[];
}

/** Runs one command line in memory: no file, no process, no environment but the given one. */
export async function run(words: readonly string[], options: MemoryHostOptions = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const asked: { call: string; profile: string | undefined; options?: unknown }[] = [];
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
      if (name === "stdout") options.onOutput?.(text);
    },
    isTerminal: options.terminal ?? false,
    columns: 100,
  });
  const located = (profile: string | undefined): GatewayLocation => ({
    profile: profile ?? "default",
    stateDir: "/home/ann/.openclaw",
    configPath: "/home/ann/.openclaw/openclaw.json",
    workspaceDir: "/home/ann/.openclaw/workspace",
    exists: true,
    mode: "local",
    port: 18_789,
    portSource: "the profile's default port",
    url: options.url ?? "ws://127.0.0.1:1",
    ...options.location,
  });
  const host: Host = {
    version: "1.2.3",
    environment: options.environment ?? {},
    invocation: "openclaw",
    platform: "linux",
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    signal: options.signal ?? new AbortController().signal,
    locate: async ({ profile }) => {
      asked.push({ call: "locate", profile });
      return located(profile);
    },
    setUp: async ({ profile }, wishes) => {
      asked.push({ call: "setUp", profile, options: wishes });
      return { location: located(profile), created: [], kept: [], notes: [], ...options.setUp };
    },
    openConfig: async ({ profile }) => {
      asked.push({ call: "openConfig", profile });
      const nothing = { get: () => undefined, set: async () => {}, unset: async () => false };
      return { path: located(profile).configPath, exists: true, problems: [], ...nothing, ...options.configFile };
    },
    runGateway: async (wishes, signal) => {
      asked.push({ call: "runGateway", profile: wishes.selection.profile, options: wishes });
      return options.runGateway?.(wishes, signal) ?? { kind: "stopped" };
    },
  };
  const exitCode = await main(words, host);
  return {
    exitCode,
    ...written,
    asked,
    get json() {
      return JSON.parse(written.stdout) as unknown;
    },
    get lines() {
      return written.stdout
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text) as unknown);
    },
  };
}
