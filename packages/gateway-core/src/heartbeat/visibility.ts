import type { GatewayConfig } from "../config/schema.ts";

/** What people see of heartbeats in a chat. */
export interface HeartbeatVisibility {
  /** A heartbeat that found nothing says so in the chat. */
  readonly showOk: boolean;
  /** What a heartbeat has to tell is sent to the chat. */
  readonly showAlerts: boolean;
  /** Clients are given a sign of how it went. */
  readonly useIndicator: boolean;
}

const DEFAULT: HeartbeatVisibility = { showOk: false, showAlerts: true, useIndicator: true };

/** The account's word, then the channel's, then that of all channels. Source: heartbeat facts 7.5. */
export function heartbeatVisibility(
  { channels }: Pick<GatewayConfig, "channels">,
  route: { readonly channel: string; readonly account: string } | undefined,
): HeartbeatVisibility {
  const section = route && member(channels, route.channel);
  const account = route && member(member(section, "accounts"), route.account);
  const places = [account, section, channels.defaults].map((place) => member(place, "heartbeat"));
  const said = (name: keyof HeartbeatVisibility): boolean =>
    places.map((place) => member(place, name)).find((value) => typeof value === "boolean") ?? DEFAULT[name];
  return { showOk: said("showOk"), showAlerts: said("showAlerts"), useIndicator: said("useIndicator") };
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
