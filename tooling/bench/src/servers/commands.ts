/** What the parent may ask of a server under test. The answer of each is plain data. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

export interface CommandRequest {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

export type CommandReply =
  | { readonly ready: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

/** Microseconds of processor time, user and system, that this process has used. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * The server's side of the line to its parent: says it is ready, then answers commands, `cpu` among them. Ends the
 * process when the parent is gone or asks for it.
 */
export function serveCommands(ready: unknown, commands: Commands, stop: () => PromiseLike<void>): void {
  const all: Readonly<Record<string, (argument: never) => unknown>> = { ...commands, cpu: processorTime };
  const reply = (message: CommandReply) => process.send?.(message);
  process.on("message", ({ id, command, argument }: CommandRequest) => {
    const run = all[command];
    Promise.resolve()
      .then(() => {
        if (run === undefined) throw new Error(`No such command: ${command}`);
        return run(argument as never);
      })
      .then(
        (answer) => reply({ id, answer }),
        (error: unknown) =>
          reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.once("disconnect", () => void stop().then(() => process.exit()));
  reply({ ready });
}
