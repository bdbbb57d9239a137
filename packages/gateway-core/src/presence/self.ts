import { arch, hostname, networkInterfaces, platform, release } from "node:os";

import type { PresenceEntry } from "@openclaw/protocol";

const FAMILIES: Readonly<Record<string, string>> = { linux: "Linux", darwin: "Mac", win32: "Windows" };

/** The machine this process runs on, for the gateway's own presence row. */
export function describeMachine(version: string, instanceId: string): Omit<PresenceEntry, "ts" | "text"> {
  const ip = lanAddress();
  return {
    host: hostname(),
    ...(ip === undefined ? {} : { ip }),
    version,
    platform: `${platform()} ${release()}`,
    deviceFamily: FAMILIES[platform()] ?? platform(),
    modelIdentifier: arch(),
    instanceId,
  };
}

/** The first address of this machine that other machines can reach. */
function lanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address && !address.internal && address.family === "IPv4")?.address;
}
