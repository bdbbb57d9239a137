/**
 * What the process exits with. Scripts depend on these numbers: they are listed in docs/cli.md and never change
 * meaning. `misconfigured` is EX_CONFIG of sysexits.h: a supervisor should not start the gateway again by itself.
 */
export const EXIT = {
  ok: 0,
  /** The command was understood and carried out, and failed. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No gateway answers at the address. */
  unreachable: 3,
  /** The gateway refused the credential, or the credential lacks the right. */
  refused: 4,
  /** A deadline passed. */
  timeout: 5,
  /** The gateway can not start, and starting it again changes nothing. */
  misconfigured: 78,
  /** Stopped by a signal before it was done (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitKind = keyof typeof EXIT;
