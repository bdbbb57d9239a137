import type { CommandContext } from "../command.ts";
import { CliError } from "../errors.ts";
import type { ExitKind } from "../exit-codes.ts";
import { connect, type ConnectValues, type GatewayConnection } from "./connection.ts";

/** Whether a gateway answers, and how it answered. */
export type Probe =
  | { readonly ok: true; readonly version: string; readonly connectMs: number; readonly uptimeMs?: number }
  | { readonly ok: false; readonly error: ProbeError };

export interface ProbeError {
  readonly kind: Exclude<ExitKind, "ok">;
  readonly message: string;
  readonly remedy?: string;
}

/** Connects, and asks more on the connection with `ask`. A failure of either is an answer, not an exception. */
export async function probeGateway(
  context: CommandContext,
  values: ConnectValues,
  ask?: (connection: GatewayConnection) => Promise<void>,
): Promise<Probe> {
  try {
    await using connection = await connect(context, values, ["operator.read"]);
    await ask?.(connection);
    return {
      ok: true,
      version: connection.serverVersion,
      connectMs: connection.connectMs,
      ...(connection.uptimeMs === undefined ? {} : { uptimeMs: connection.uptimeMs }),
    };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { kind, message, remedy } = error;
    return { ok: false, error: { kind, message, ...(remedy === undefined ? {} : { remedy }) } };
  }
}
