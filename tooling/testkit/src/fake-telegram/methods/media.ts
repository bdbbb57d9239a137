import { BotApiError, badRequest } from "../errors.ts";
import { isRecord, Parameters } from "../parameters.ts";
import { formatCaption } from "../text/formatted-text.ts";
import type { FileObject, Message } from "../types.ts";
import type { Method, MethodCall } from "./context.ts";
import { storeSent } from "./messages.ts";

const maxUploadBytes = 50 * 1024 * 1024;
const kinds = ["photo", "document", "voice", "audio", "video", "animation", "sticker"] as const;
type MediaKind = (typeof kinds)[number];

/** A method that sends one file of a kind. */
function sendFile(kind: MediaKind): Method {
  return (call) => {
    const record = call.state.world.writable(call.parameters.string("chat_id"));
    return storeSent(call, record, { ...mediaOf(call, kind), ...captionOf(call.parameters) });
  };
}

const sendMediaGroup: Method = (call): Message[] => {
  const record = call.state.world.writable(call.parameters.string("chat_id"));
  const items = call.parameters.list("media") ?? [];
  if (items.length < 2 || items.length > 10) throw badRequest("wrong number of messages in the media group");
  const contents = items.map((item) => groupItem(call, item));
  return contents.map((content) => storeSent(call, record, content));
};

export const mediaMethods: Readonly<Record<string, Method>> = {
  sendPhoto: sendFile("photo"),
  sendDocument: sendFile("document"),
  sendVoice: sendFile("voice"),
  sendAudio: sendFile("audio"),
  sendVideo: sendFile("video"),
  sendAnimation: sendFile("animation"),
  sendSticker: sendFile("sticker"),
  sendMediaGroup,
};

function groupItem(call: MethodCall, item: unknown): object {
  if (!isRecord(item)) throw badRequest("can't parse InputMedia");
  const kind = kinds.find((known) => known === item["type"]);
  if (kind === undefined) throw badRequest("media type is not supported in a media group");
  const parameters = new Parameters({ ...item, [kind]: item["media"] });
  const media = mediaOf({ ...call, parameters }, kind);
  return { ...media, ...captionOf(parameters), media_group_id: String(call.call.sequence) };
}

function mediaOf(call: MethodCall, kind: MediaKind): Record<string, unknown> {
  const file = fileOf(call, kind);
  return { [kind]: kind === "photo" ? [{ ...file, width: 90, height: 90 }] : file };
}

function fileOf({ call, parameters, state }: MethodCall, kind: MediaKind): FileObject {
  const reference = parameters.string(kind);
  const attached = reference?.startsWith("attach://") === true ? reference.slice("attach://".length) : kind;
  const upload = call.files[attached];
  if (upload !== undefined) {
    if (upload.data.length === 0) throw badRequest("file must be non-empty");
    if (upload.data.length > maxUploadBytes) throw new BotApiError(413, "Request Entity Too Large");
    return { ...state.world.addFile(upload.data, `${kind}s`), file_name: upload.name, mime_type: upload.type };
  }
  if (reference === undefined) throw badRequest(`there is no ${kind} in the request`);
  const known = state.world.file(reference);
  if (known === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
  return { file_id: reference, file_unique_id: `unique-${reference}`, file_size: known.data.length };
}

function captionOf(parameters: Parameters): object {
  const { text, entities } = formatCaption(parameters.string("caption") ?? "", parameters.string("parse_mode"));
  if (text === "") return {};
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}
