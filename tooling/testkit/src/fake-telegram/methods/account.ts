import { badRequest } from "../errors.ts";
import { isRecord } from "../parameters.ts";
import type { BotCommand, Method } from "./context.ts";

const getMe: Method = ({ state }) => ({
  ...state.bot,
  can_join_groups: true,
  can_read_all_group_messages: true,
  supports_inline_queries: false,
});

const setWebhook: Method = ({ parameters, state }) => {
  const url = parameters.string("url") ?? "";
  const secretToken = parameters.has("secret_token") ? parameters.string("secret_token") : undefined;
  if (secretToken !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secretToken)) {
    throw badRequest("secret token contains unallowed characters");
  }
  if (url !== "" && !URL.canParse(url)) throw badRequest("bad webhook: invalid webhook URL specified");
  if (parameters.boolean("drop_pending_updates")) state.queue.dropPending();
  state.queue.allow(stringList(parameters.list("allowed_updates")));
  state.webhook.set(url === "" ? undefined : { url, secretToken });
  return true;
};

const deleteWebhook: Method = ({ parameters, state }) => {
  if (parameters.boolean("drop_pending_updates")) state.queue.dropPending();
  state.webhook.set(undefined);
  return true;
};

const setMyCommands: Method = ({ parameters, state }) => {
  const commands = (parameters.list("commands") ?? []).map(readCommand);
  if (commands.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  state.commands = commands;
  return true;
};

const answerCallbackQuery: Method = ({ parameters, state }) => {
  if (!state.callbackQueries.delete(parameters.string("callback_query_id") ?? "")) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  return true;
};

const getFile: Method = ({ parameters, state }) => {
  const fileId = parameters.string("file_id") ?? "";
  const file = state.world.file(fileId);
  if (file === undefined) throw badRequest("invalid file_id");
  if (file.data.length > 20 * 1024 * 1024) throw badRequest("file is too big");
  return { file_id: fileId, file_unique_id: `unique-${fileId}`, file_size: file.data.length, file_path: file.path };
};

const getChatMember: Method = ({ parameters, state }) => {
  state.world.lookUp(parameters.string("chat_id"));
  const userId = parameters.integer("user_id");
  if (userId === undefined) throw badRequest("invalid user_id specified");
  return { status: "member", user: { id: userId, is_bot: userId === state.bot.id, first_name: "Member" } };
};

export const accountMethods: Readonly<Record<string, Method>> = {
  getMe,
  setWebhook,
  deleteWebhook,
  getWebhookInfo: ({ state }) => state.webhook.info(),
  setMyCommands,
  getMyCommands: ({ state }) => state.commands,
  deleteMyCommands: ({ state }) => {
    state.commands = [];
    return true;
  },
  answerCallbackQuery,
  getChat: ({ parameters, state }) => state.world.lookUp(parameters.string("chat_id")).chat,
  getChatMember,
  getFile,
  logOut: () => true,
  close: () => true,
};

function readCommand(value: unknown): BotCommand {
  const command = isRecord(value) ? value["command"] : undefined;
  const description = isRecord(value) ? value["description"] : undefined;
  if (typeof command !== "string" || !/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  if (typeof description !== "string" || description === "" || description.length > 256) {
    throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  }
  return { command, description };
}

export function stringList(values: readonly unknown[] | undefined): readonly string[] | undefined {
  return values?.filter((value) => typeof value === "string");
}
