import type { TelegramLocation, TelegramMessage } from "./update.ts";

/** A place in words, as a model reads it; undefined when the message is about none. */
export function describeLocation({ location, venue }: TelegramMessage): string | undefined {
  if (venue !== undefined) {
    const { latitude, longitude } = venue.location;
    return `📍 ${venue.title} — ${venue.address} (${latitude}, ${longitude}${accuracyOf(venue.location)})`;
  }
  if (location === undefined) return undefined;
  const position = `${location.latitude}, ${location.longitude}${accuracyOf(location)}`;
  return location.live_period === undefined ? `📍 ${position}` : `🛰 Live location: ${position}`;
}

function accuracyOf({ horizontal_accuracy }: TelegramLocation): string {
  return horizontal_accuracy === undefined ? "" : ` ±${Math.round(horizontal_accuracy)}m`;
}
