import type { Fault } from "../faults.ts";
import { isRecord } from "../parameters.ts";
import type { FakeTelegram } from "../server.ts";

type Input = Readonly<Record<string, unknown>>;
type Command = (telegram: FakeTelegram, input: Input) => unknown;

/** What a test in another process can do, one command per POST. Errors of the input are plain Errors. */
export const commands: Readonly<Record<string, Command>> = {
  /** `{id, firstName?, username?}` */
  "add-user": (telegram, input) =>
    telegram.people.addUser({ ...optionalStrings(input, ["firstName", "username"]), id: integer(input, "id") }),
  /** `{id, title, isForum?}` */
  "add-chat": (telegram, input) =>
    telegram.people.addChat({
      id: integer(input, "id"),
      title: text(input, "title"),
      isForum: input["isForum"] === true,
    }),
  /** `{userId, text, chatId?}`: the user is added when the server does not know it. */
  say: (telegram, input) => {
    const user = telegram.people.addUser({ id: integer(input, "userId") });
    const chatId = input["chatId"] === undefined ? {} : { chatId: integer(input, "chatId") };
    return telegram.people.says(user, text(input, "text"), chatId);
  },
  /** `{update}`: an update that was delivered before. */
  redeliver: (telegram, input) => {
    const update = input["update"];
    if (!isRecord(update) || typeof update["update_id"] !== "number") throw new Error('"update" must be an update.');
    telegram.redeliver({ ...update, update_id: update["update_id"] });
    return true;
  },
  /** `{method, fault}` */
  "fail-next": (telegram, input) => {
    telegram.failNext(text(input, "method"), readFault(input["fault"]));
    return true;
  },
  offline: (telegram) => telegram.goOffline(),
  online: (telegram) => telegram.goOnline(),
  /** Everything at once. */
  state: (telegram) => ({
    apiRoot: telegram.apiRoot,
    token: telegram.token,
    isPolled: telegram.isPolled,
    pending: telegram.pending,
    confirmed: telegram.confirmed,
    calls: telegram.calls.map(({ method, parameters, sequence }) => ({ sequence, method, parameters })),
    sent: telegram.sent.map(({ message }) => message),
  }),
  /** `{method, count?, timeoutMs?}` */
  "wait-for-call": (telegram, input) =>
    telegram.waitForCall(text(input, "method"), { ...optionalIntegers(input, ["count", "timeoutMs"]) }),
  /** `{text, timeoutMs?}`: a message of the bot whose text contains `text`. */
  "wait-for-message": async (telegram, input) => {
    const wanted = text(input, "text");
    const matches = ({ message }: { message: { text?: string } }): boolean => message.text?.includes(wanted) === true;
    return (await telegram.waitForMessage(matches, optionalIntegers(input, ["timeoutMs"]))).message;
  },
};

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== "string") throw new Error(`"${name}" must be a string.`);
  return value;
}

function integer(input: Input, name: string): number {
  const value = input[name];
  if (typeof value !== "number" || !Number.isInteger(value)) throw new Error(`"${name}" must be an integer.`);
  return value;
}

function optionalStrings(input: Input, names: readonly string[]): Record<string, string> {
  const present = names.filter((name) => input[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, text(input, name)]));
}

function optionalIntegers(input: Input, names: readonly string[]): Record<string, number> {
  const present = names.filter((name) => input[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, integer(input, name)]));
}

function readFault(value: unknown): Fault {
  if (!isRecord(value)) throw new Error('"fault" must be an object.');
  switch (value["kind"]) {
    case "error":
      return {
        kind: "error",
        code: integer(value, "code"),
        description: text(value, "description"),
        ...(isRecord(value["parameters"])
          ? { parameters: optionalIntegers(value["parameters"], ["retry_after", "migrate_to_chat_id"]) }
          : {}),
      };
    case "html":
      return { kind: "html", status: integer(value, "status") };
    case "drop":
      return { kind: "drop", when: value["when"] === "after" ? "after" : "before" };
    case "hang":
      return { kind: "hang", when: value["when"] === "after" ? "after" : "before" };
    case "delay":
      return { kind: "delay", ms: integer(value, "ms") };
    default:
      throw new Error('"fault.kind" must be error, html, drop, hang or delay.');
  }
}
