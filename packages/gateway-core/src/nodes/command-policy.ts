import type { NodeDescription } from "./surface.ts";

/** Changes to what nodes may be asked; the configuration section `gateway.nodes.commands`. */
export interface CommandSettings {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

const CANVAS = [
  "canvas.present",
  "canvas.hide",
  "canvas.navigate",
  "canvas.eval",
  "canvas.snapshot",
  "canvas.a2ui.push",
  "canvas.a2ui.pushJSONL",
  "canvas.a2ui.reset",
];
const CAMERA = ["camera.list", "camera.snap", "camera.clip"];
const HOST = [
  "system.run",
  "system.run.prepare",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
  "browser.proxy",
];

/** What each kind of device may be asked without a word in the configuration. Source: wire facts 20.13. */
const BY_PLATFORM = {
  ios: [...CANVAS, ...CAMERA, "screen.record", "location.get"],
  android: [...CANVAS, ...CAMERA, "screen.record", "location.get"],
  macos: [...CANVAS, ...CAMERA, "screen.record", "location.get", "system.notify", ...HOST],
  linux: HOST,
  windows: HOST,
  unknown: [],
} as const satisfies Record<string, readonly string[]>;

type Platform = keyof typeof BY_PLATFORM;

/** Commands that reach into someone's life: where the platform does not have them anyway, only the operator opens them. */
const SENSITIVE: ReadonlySet<string> = new Set([...CAMERA, "screen.record", "location.get", "sms.send"]);

export type Refusal = "not-in-list" | "needs-opt-in" | "denied";

/** Whether a node of this description may be asked for a command at all; what it declares is another matter. */
export function refusalOf(
  command: string,
  description: NodeDescription,
  { allow, deny }: CommandSettings,
): Refusal | undefined {
  if (deny.includes(command)) return "denied";
  const allowed: readonly string[] = BY_PLATFORM[platformOf(description)];
  if (allowed.includes(command) || allow.includes(command)) return undefined;
  return SENSITIVE.has(command) ? "needs-opt-in" : "not-in-list";
}

/** The kind of device behind what clients send, such as "iOS 18.2", "darwin" or, failing that, the family "iPhone". */
export function platformOf({ platform = "", deviceFamily = "" }: NodeDescription): Platform {
  return platformNamed(platform) ?? platformNamed(deviceFamily) ?? "unknown";
}

function platformNamed(text: string): Platform | undefined {
  const name = text.trim().toLowerCase();
  if (/^(?:ios|ipados|iphone|ipad)/.test(name)) return "ios";
  if (name.startsWith("android")) return "android";
  if (/^(?:macos|mac|darwin)/.test(name)) return "macos";
  if (name.startsWith("linux")) return "linux";
  if (/^win(?:dows|32)/.test(name)) return "windows";
  return undefined;
}
