import { randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";

import type { MethodName, ParamsOf, ResultOf } from "@openclaw/protocol";

import type { CommandContext } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { connect } from "../gateway/connection.ts";
import { fields, line, type Output, toned } from "../output.ts";
import { isRecord } from "../records.ts";
import { flag, requiredText, text } from "./options.ts";
import { RPC_OPTIONS } from "./rpc-options.ts";

/** More than this and the request would be larger than a gateway reads. */
const MAX_FILE_BYTES = 12 * 1_048_576;

/** What every command that sends or changes a message has. */
export const MESSAGE_OPTIONS = {
  channel: text("--channel <channel>", "The channel, for example telegram (default: the only configured one)"),
  target: requiredText("-t, --target <target>", "Who or where: a chat id, a phone number"),
  account: text("--account <id>", "The account to send from, where the channel has several"),
  idempotencyKey: text("--idempotency-key <key>", "Never do it twice with the same key (default: a new one)"),
  dryRun: flag("--dry-run", "Print what would be sent and send nothing"),
  ...RPC_OPTIONS,
};

export interface MessageOptions {
  readonly channel: string | undefined;
  readonly target: string;
  readonly account: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly dryRun: boolean;
}

/** A request that the gateway sends once per key. */
export interface MessageRequest<M extends "send" | "poll" | "message.action"> {
  readonly method: M;
  readonly params: ParamsOf<M>;
}

/** The part of a request that says where it goes, and its key. */
export function addressOf({ channel, account, idempotencyKey }: MessageOptions) {
  return {
    idempotencyKey: idempotencyKey ?? randomUUID(),
    ...(channel === undefined ? {} : { channel }),
    ...(account === undefined ? {} : { accountId: account }),
  };
}

/** Sends a request, or with --dry-run shows it, and says what became of it. Throws CliError. */
export async function runMessage<M extends "send" | "poll" | "message.action">(
  context: CommandContext,
  options: MessageOptions & Parameters<typeof connect>[1],
  { method, params }: MessageRequest<M>,
): Promise<Output> {
  if (options.dryRun) return dryRun(method, params);
  await using connection = await connect(context, options, ["operator.write"]);
  const sent: ResultOf<"send"> = await connection.call(method, params).catch((error: unknown) => {
    throw explain(error, { key: params.idempotencyKey, namesChannel: "channel" in params, self: context.self });
  });
  const delivered = sent.state === undefined || sent.state === "sent";
  return {
    data: sent,
    view: [
      line(delivered ? toned("good", "sent") : toned("warn", `not sent yet: ${sent.state}`)),
      fields(
        ["channel", sent.channel],
        ["to", sent.chatId ?? options.target],
        ["message id", sent.messageId ?? "-"],
        ["idempotency key", params.idempotencyKey],
      ),
    ],
    exitCode: delivered ? EXIT.ok : EXIT.failure,
  };
}

/** What would be sent. The bytes of files are told by their number. */
export function dryRun(method: MethodName, params: object): Output {
  const shown: unknown = JSON.parse(JSON.stringify(params, withoutBytes));
  return {
    data: { dryRun: true, method, params: shown },
    view: [
      line([toned("strong", "Nothing was sent."), " This is the request:"]),
      { kind: "verbatim", text: `${JSON.stringify(shown, undefined, 2)}\n` },
    ],
  };
}

function withoutBytes(name: string, value: unknown): unknown {
  return name === "content" && typeof value === "string" ? `<${value.length} characters of base64>` : value;
}

/** A file for `send`: an address is left to the gateway, a path is read here. Throws CliError. */
export async function readMedia(source: string | undefined): Promise<Partial<ParamsOf<"send">>> {
  if (source === undefined) return {};
  if (/^https?:\/\//iu.test(source)) return { mediaUrl: source };
  try {
    const { size } = await stat(source);
    if (size > MAX_FILE_BYTES) throw mediaError(source, `it has ${size} bytes; at most ${MAX_FILE_BYTES} can be sent`);
    const content = (await readFile(source)).toString("base64");
    return { attachments: [{ fileName: basename(source), content }] };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw mediaError(source, error instanceof Error && "code" in error ? String(error.code) : String(error));
  }
}

function mediaError(source: string, reason: string): CliError {
  return new CliError("usage", `--media ${source} can not be read: ${reason}.`, "Name a file, or an http(s) address.");
}

/** The rows of `--buttons`. The gateway checks what is in them. Throws CliError. */
export function readButtons(source: string | undefined): Pick<ParamsOf<"send">, "buttons"> {
  if (source === undefined) return {};
  let rows: unknown;
  try {
    rows = JSON.parse(source);
  } catch {
    rows = undefined;
  }
  if (isButtonRows(rows)) return { buttons: rows };
  throw new CliError(
    "usage",
    "--buttons is not a list of rows of buttons.",
    `For example: --buttons '[[{"text":"Yes","callback_data":"yes"}]]'`,
  );
}

function isButtonRows(value: unknown): value is NonNullable<ParamsOf<"send">["buttons"]> {
  return (
    Array.isArray(value) &&
    value.every(
      (row) => Array.isArray(row) && row.every((button) => isRecord(button) && typeof button["text"] === "string"),
    )
  );
}

interface Attempt {
  readonly key: string;
  readonly namesChannel: boolean;
  readonly self: string;
}

/** Adds what only the sender can know: the key that makes a repetition safe, and the channel that was not named. */
export function explain(error: unknown, { key, namesChannel, self }: Attempt): unknown {
  if (!(error instanceof CliError)) return error;
  if (error.kind === "timeout") {
    return new CliError(
      "timeout",
      `${error.message} The message may have been sent.`,
      `Run the same command again with --idempotency-key ${key}: it never sends twice.`,
      { cause: error },
    );
  }
  if (error.code !== "INVALID_REQUEST" || namesChannel) return error;
  return new CliError(
    "failure",
    error.message,
    `Name the channel with --channel; ${self} channels status lists them.`,
    { code: error.code, details: error.details, cause: error },
  );
}
