/**
 * What the program around this library supplies: streams, the environment, and everything that touches the file
 * system or starts a gateway. The commands know nothing else of the machine, so a test can run them all in memory.
 */

/** Where the commands write. */
export interface OutputStream {
  write(text: string): void;
  /** True when a person watches. */
  readonly isTerminal: boolean;
  /** Width in characters; 80 when unknown. */
  readonly columns: number;
}

/** Which of several gateways on this machine is meant (contract row R4.1); the default one when `profile` is absent. */
export interface ProfileSelection {
  readonly profile?: string;
}

/** A secret for the gateway and where it was found, in words for a person. */
export interface Credential {
  readonly kind: "token" | "password";
  readonly value: string;
  /** For example "OPENCLAW_GATEWAY_TOKEN" or "gateway.auth.token in /home/ann/.openclaw/openclaw.json". */
  readonly source: string;
  /** Where it comes from: a configuration file on this machine, or the environment of this process. */
  readonly origin: "config" | "environment";
}

/** Where a profile's files are and how a client on this machine reaches its gateway. */
export interface GatewayLocation {
  /** "default" when none was chosen. */
  readonly profile: string;
  readonly stateDir: string;
  readonly configPath: string;
  readonly workspaceDir: string;
  /** True when the configuration file exists. */
  readonly exists: boolean;
  /** What keeps the configuration from being read, in one sentence; the rest then holds defaults. */
  readonly problem?: string;
  readonly mode: "local" | "remote" | undefined;
  readonly port: number;
  /** Where the port comes from, for example "OPENCLAW_GATEWAY_PORT" or "default". */
  readonly portSource: string;
  /** The WebSocket address: `gateway.remote.url` in remote mode, else loopback and the port. */
  readonly url: string;
  readonly credential?: Credential;
  /** What the certificate at `url` must be (SHA-256). */
  readonly tlsFingerprint?: string;
}

export type BindMode = "loopback" | "lan" | "tailnet" | "auto" | "custom";

/** Flags of `openclaw gateway run` that matter to the gateway (contract rows R1.4 to R1.9). */
export interface RunGatewayOptions {
  readonly selection: ProfileSelection;
  readonly port?: number;
  readonly bind?: BindMode;
  readonly authMode?: "token" | "password";
  readonly token?: string;
  readonly password?: string;
  readonly allowUnconfigured: boolean;
  /** Starts no channel, whatever the configuration says. */
  readonly skipChannels: boolean;
  /** Ends whoever listens on the port first. */
  readonly force: boolean;
  readonly verbose: boolean;
  readonly wsLog: "auto" | "full" | "compact";
  /** Called once, when the gateway takes connections. */
  readonly onListening?: (address: ListeningAddress) => void;
}

export interface ListeningAddress {
  /** For clients, for example ws://127.0.0.1:18789. */
  readonly url: string;
  /** For a browser. */
  readonly pageUrl: string;
}

/** How a gateway run ended. */
export type RunOutcome =
  | { readonly kind: "stopped" }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly remedy: string;
      /** False when starting again changes nothing until someone acts: a supervisor should leave it alone. */
      readonly restartHelps: boolean;
    };

export interface SetUpOptions {
  readonly workspace?: string;
  readonly port?: number;
  /** First moves what the profile has aside. Refused for the default profile. */
  readonly reset?: boolean;
}

export interface SetUpResult {
  readonly location: GatewayLocation;
  /** What was made, in order. */
  readonly created: readonly {
    readonly what: "configuration" | "state" | "workspace" | "workspace file";
    readonly path: string;
  }[];
  /** What was there already and was left as it is. */
  readonly kept: readonly string[];
  /** What else was done or is left to do, in sentences. */
  readonly notes: readonly string[];
  /** Where a reset put what was there before. */
  readonly movedTo?: string;
}

/** The configuration file of a profile. Everything in it throws CliError for what can not be done. */
export interface ConfigFile {
  readonly path: string;
  readonly exists: boolean;
  /** What is wrong with it, one sentence each. */
  readonly problems: readonly string[];
  /** What stands at a path, or its default. Objects and lists come without credentials. */
  get(path: string): { readonly value: unknown; readonly source: "file" | "default" } | undefined;
  /** Changes nothing when the configuration would not be valid. */
  set(path: string, value: unknown): Promise<void>;
  /** Answers false when there was nothing to remove. */
  unset(path: string): Promise<boolean>;
}

export interface Host {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How a person starts this program here: "openclaw", or "npm run openclaw --" in a checkout. */
  readonly invocation: string;
  /** Node's word for the operating system, for example "linux". */
  readonly platform: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Runs a gateway in the foreground until the signal aborts or it fails; says how it ended. */
  runGateway(options: RunGatewayOptions, signal: AbortSignal): Promise<RunOutcome>;
  /** Finds a profile's files and its gateway's address. Cheap: reads one file and validates nothing. */
  locate(selection: ProfileSelection): Promise<GatewayLocation>;
  /** Creates what a profile lacks and never overwrites what is there (contract row R3.7). */
  setUp(selection: ProfileSelection, options: SetUpOptions): Promise<SetUpResult>;
  /** Opens a profile's configuration file, checking all of it. */
  openConfig(selection: ProfileSelection): Promise<ConfigFile>;
}
