import type { ChannelHost, CommandMenu, MenuCommand } from "@openclaw/channels-contract";

import { isMenuName, maxMenuCommands } from "../account/custom-commands.ts";
import type { TelegramClient } from "../client.ts";

const pausesMs = [1_000, 5_000, 30_000, 120_000];

/** What an account says about its menu. */
export interface MenuSettings {
  readonly native: boolean | "auto" | undefined;
  readonly custom: readonly MenuCommand[];
}

/** The entries of the menu, and the added commands that would stand for one the gateway answers itself. */
export function menuOf(
  { native, commands }: CommandMenu,
  settings: MenuSettings,
): { readonly entries: readonly MenuCommand[]; readonly conflicts: readonly string[] } {
  const isNative = (settings.native ?? native) !== false;
  const own = commands.filter(({ name }) => isMenuName(name));
  const taken = new Set(own.map(({ name }) => name));
  const added = settings.custom.filter(({ name }) => !taken.has(name));
  const conflicts = settings.custom.filter(({ name }) => taken.has(name)).map(({ name }) => name);
  return { entries: [...(isNative ? own : []), ...added].slice(0, maxMenuCommands), conflicts };
}

/**
 * Puts the menu up, or takes it down when it is empty, in a few attempts. Never throws: a bot without a menu answers
 * all the same.
 */
export async function publishMenu(
  client: TelegramClient,
  { host, settings }: { readonly host: ChannelHost; readonly settings: MenuSettings },
  signal: AbortSignal,
): Promise<void> {
  if (host.menu === undefined) return;
  const { entries, conflicts } = menuOf(host.menu, settings);
  for (const name of conflicts) {
    host.log.warn(`customCommands: "${name}" is left out of the menu: the gateway answers /${name} itself.`);
  }
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      await client.setCommands(entries, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      host.log.warn("setMyCommands failed", { reason, ...(pauseMs === undefined ? {} : { retryInMs: pauseMs }) });
      if (pauseMs === undefined) return;
      await host.sleep(pauseMs, signal).catch(() => undefined);
    }
  }
}
