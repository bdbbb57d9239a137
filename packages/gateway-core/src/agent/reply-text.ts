import { visibleAnswer } from "./visible-answer.ts";

/** What a model's text asks the gateway to do, and what is left of it for people. */
export interface Reply {
  /** What is shown and sent. Empty for a reply without words. */
  readonly text: string;
  /** The model asked for silence: nothing is shown or sent. */
  readonly isSilent: boolean;
  /** The text held HEARTBEAT_OK at its beginning or end: there was nothing to report. */
  readonly isHeartbeatAck: boolean;
  /** The message to answer: the one that the turn is about, or one by its id on the platform. */
  readonly replyTo?: "current" | { readonly id: string };
  /** Paths and addresses of what should be attached, as the model wrote them. None of them is checked. */
  readonly media: readonly string[];
  /** Attached audio should arrive as a voice note. */
  readonly audioAsVoice: boolean;
}

const SILENT = "NO_REPLY";
const HEARTBEAT_ACK = "HEARTBEAT_OK";
const MAX_MEDIA = 20;

const REPLY_TO_CURRENT = /\[\[[ \t]*reply_to_current[ \t]*\]\][ \t]*/giu;
const REPLY_TO_ID = /\[\[[ \t]*reply_to[ \t]*:[ \t]*([^\]\s]{1,200})[ \t]*\]\][ \t]*/giu;
const AUDIO_AS_VOICE = /\[\[[ \t]*audio_as_voice[ \t]*\]\][ \t]*/giu;
/** This gateway does not speak: directives for speech are taken out, and words only for speaking with them. */
const SPOKEN = /\[\[tts:text\]\]([^[]*)\[\[\/tts:text\]\][ \t]*/giu;
const SPEECH = /\[\[\/?tts(?::[^\]\n]{0,500})?\]\][ \t]*/giu;
const MEDIA_LINE = /^[ \t]*MEDIA:(\S+)[ \t]*$/gmu;
/** The beginning of a tag, a directive, a line of media or a token at the end of what a model has written so far. */
const UNFINISHED =
  /(?:<\/?[A-Za-z]{0,10}|\[\[?[^\]\n]{0,220}\]?|^[ \t]*(?:M|ME|MED|MEDI|MEDIA|MEDIA:\S*)|(?<![A-Za-z0-9_])[*`]{0,3}[HN][A-Z_]{0,11})$(?![\s\S])/mu;

/** Reads the directives out of one answer of a model. Code is left as it is. Source: directive facts 4.4. */
export function parseReply(answer: string): Reply {
  const { text: visible, restore } = visibleAnswer(answer);
  const media: string[] = [];
  let replyTo: Reply["replyTo"];
  let audioAsVoice = false;
  const take = (found: () => void) => () => {
    found();
    return "";
  };
  const directed = visible
    .replace(MEDIA_LINE, (_line, source: string) => {
      if (media.length < MAX_MEDIA) media.push(restore(source));
      return "";
    })
    .replace(
      REPLY_TO_CURRENT,
      take(() => (replyTo ??= "current")),
    )
    .replace(REPLY_TO_ID, (_directive, id: string) => {
      replyTo ??= { id };
      return "";
    })
    .replace(
      AUDIO_AS_VOICE,
      take(() => (audioAsVoice = true)),
    );
  const unspoken = directed.replace(SPOKEN, "").replace(SPEECH, "");
  const readable = unspoken.trim() === "" ? directed.replace(SPOKEN, "$1").replace(SPEECH, "") : unspoken;
  const { text, isSilent, isHeartbeatAck } = withoutTokens(
    restore(readable)
      .replace(/\n{3,}/gu, "\n\n")
      .trim(),
  );
  return {
    text,
    isSilent,
    isHeartbeatAck,
    ...(replyTo === undefined ? {} : { replyTo }),
    media: isSilent ? [] : media,
    audioAsVoice,
  };
}

/** The reply of a turn that gave several answers: their texts one after the other, and everything they ask for. */
export function joinReplies(replies: readonly Reply[]): Reply {
  const spoken = replies.filter((reply) => !reply.isSilent);
  const replyTo = spoken.find((reply) => reply.replyTo !== undefined)?.replyTo;
  return {
    text: spoken
      .map((reply) => reply.text)
      .filter((text) => text !== "")
      .join("\n\n"),
    isSilent: replies.length > 0 && spoken.length === 0,
    isHeartbeatAck: replies.some((reply) => reply.isHeartbeatAck),
    ...(replyTo === undefined ? {} : { replyTo }),
    media: spoken.flatMap((reply) => reply.media).slice(0, MAX_MEDIA),
    audioAsVoice: spoken.some((reply) => reply.audioAsVoice),
  };
}

/** What can be shown of an answer that is still being written: nothing that may yet turn out to be a directive. */
export function shownSoFar(answer: string): string {
  return parseReply(answer.replace(UNFINISHED, "")).text;
}

/** The text with a line for each attachment, for a place where attachments can not be sent. */
export function withoutMedia({ text, media }: Reply): string {
  const lines = media.map((source) => `📎 ${source} (this gateway can not send attachments)`);
  return [text, lines.join("\n")].filter((part) => part !== "").join("\n\n");
}

/** Either token may stand in emphasis or code marks, as models like to write it. */
function withoutTokens(text: string): Pick<Reply, "text" | "isSilent" | "isHeartbeatAck"> {
  if (startsWithToken(text, SILENT)) return { text: "", isSilent: true, isHeartbeatAck: false };
  const loud = cutEnd(text, SILENT);
  const rest = cutEnd(cutStart(loud, HEARTBEAT_ACK), HEARTBEAT_ACK);
  return { text: rest, isSilent: false, isHeartbeatAck: rest !== loud };
}

function startsWithToken(text: string, token: string): boolean {
  return new RegExp(`^[*\`]{0,3}${token}(?![A-Za-z0-9_])`, "u").test(text);
}

function cutStart(text: string, token: string): string {
  return text.replace(new RegExp(`^[*\`]{0,3}${token}(?![A-Za-z0-9_])[*\`]{0,3}[.!]?`, "u"), "").trimStart();
}

function cutEnd(text: string, token: string): string {
  const end = new RegExp(`(?<![A-Za-z0-9_])[*\`]{0,3}${token}[*\`]{0,3}[.!]?$`, "u");
  return end.test(text) ? text.replace(end, "").trimEnd() : text;
}
