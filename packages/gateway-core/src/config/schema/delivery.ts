import * as z from "zod";

import { flag, part, whole } from "./notes.ts";

const unknownPolicy = z
  .enum(["label", "hold", "resend"])
  .describe(
    "What happens to a message of which the platform may or may not have taken the first copy: send it again with a label, keep it for an operator, or send it again as it was.",
  );

/** Settings of the outbox that a channel, or one of its accounts, may override. */
export const outboundOverrideSchema = z.strictObject({ unknownPolicy: unknownPolicy.optional() });

/** `outbound`: delivering replies. */
export const outboundSchema = z.strictObject({ unknownPolicy: unknownPolicy.default("label") });

/** `inbound`: taking messages in. */
export const inboundSchema = z.strictObject({
  answerBacklogMaxAgeMinutes: whole(
    0,
    43_200,
    "Messages that waited while the gateway was away are answered up to this age; older ones are kept, unanswered.",
  ).default(720),
  edits: z
    .enum(["note", "ignore"])
    .default("note")
    .describe(
      "What becomes of an edit of a message that is answered already: the next turn of its session is told of it, or nothing. An edit of a message that still waits replaces its text either way.",
    ),
});

/** Channel ids of the documented configuration, whether or not this version has the channel. */
export const KNOWN_CHANNELS: readonly string[] = [
  "telegram",
  "whatsapp",
  "discord",
  "googlechat",
  "slack",
  "signal",
  "imessage",
  "bluebubbles",
  "msteams",
  "mattermost",
  "nextcloud-talk",
  "matrix",
  "line",
  "nostr",
  "zalo",
  "zalouser",
  "tlon",
  "twitch",
];

const channelDefaults = z.strictObject({
  groupPolicy: z
    .enum(["open", "allowlist", "disabled"])
    .default("allowlist")
    .describe("Whose messages in groups are considered, for channels that do not say it themselves."),
  heartbeat: part("What people see of heartbeats, for channels and accounts that do not say it themselves.", () =>
    z.strictObject({
      showOk: flag("A heartbeat that found nothing says so in the chat. Off without it.").optional(),
      showAlerts: flag("What a heartbeat has to tell is sent to the chat. On without it.").optional(),
      useIndicator: flag("Clients are given a sign of how it went. On without it.").optional(),
    }),
  ),
});

/** `channels`: defaults, and one section for each channel, which the channel's own schema checks. */
export const channelsSchema = z.object({ defaults: channelDefaults.prefault({}) }).catchall(z.unknown());
