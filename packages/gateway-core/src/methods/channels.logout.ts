import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";

export const channelsLogout = defineHandler("channels.logout", ({ channel, accountId }, { channels }) => {
  const accounts = channels.list().filter((view) => view.channel === channel);
  // Older clients look for this message. Source: wire facts 12.10.
  if (accounts.length === 0) throw new GatewayError("INVALID_REQUEST", "invalid channels.logout channel");
  const found = accountId === undefined ? accounts[0] : accounts.find((view) => view.accountId === accountId);
  if (!found) {
    const known = accounts.map((view) => view.accountId).join(", ");
    throw new GatewayError("INVALID_REQUEST", `${channel} has no account "${accountId}"; it has: ${known}`);
  }
  return {
    channel,
    accountId: found.accountId,
    cleared: false,
    loggedOut: false,
    reason: `The configuration logs this account in; remove its credentials under channels.${channel} and restart the gateway.`,
  };
});
