import { EXIT, type ExitKind } from "./exit-codes.ts";

export interface CliErrorOptions {
  /** A code for programs, where the gateway gave one (INVALID_REQUEST, UNAVAILABLE, …). */
  readonly code?: string;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/**
 * A failure a person reads: one line saying what is wrong, one saying what to do. `kind` decides the exit code.
 * Holds no secret.
 */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly kind: Exclude<ExitKind, "ok">;
  readonly remedy: string | undefined;
  readonly code: string | undefined;
  readonly details: unknown;

  constructor(
    kind: Exclude<ExitKind, "ok">,
    message: string,
    remedy: string | undefined,
    options: CliErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    this.remedy = remedy;
    this.code = options.code;
    this.details = options.details;
  }

  get exitCode(): number {
    return EXIT[this.kind];
  }

  /** The form that `--json` prints on stdout. */
  toJson(): unknown {
    return {
      ok: false,
      error: {
        kind: this.kind,
        ...(this.code === undefined ? {} : { code: this.code }),
        message: this.message,
        ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
        ...(this.details === undefined ? {} : { details: this.details }),
      },
    };
  }
}

/** The one way from anything thrown to what a person sees. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CliError(
    "failure",
    `openclaw failed: ${message}`,
    "This is a defect in openclaw; run it again with OPENCLAW_CLI_DEBUG=1 and report what it prints.",
    { cause: thrown },
  );
}
