import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { ConfigError } from "../../src/config/errors.ts";
import { expandPath, resolvePaths, resolveProfile } from "../../src/config/paths.ts";

const home = "/home/me";

describe("resolvePaths", () => {
  it("R2.1 uses ~/.openclaw/openclaw.json and ~/.openclaw without a profile", () => {
    expect(resolvePaths({}, home)).toEqual({
      profile: undefined,
      stateDir: "/home/me/.openclaw",
      configFile: "/home/me/.openclaw/openclaw.json",
      envFile: "/home/me/.openclaw/.env",
      lastGoodFile: "/home/me/.openclaw/openclaw.last-good.json",
      workspace: "/home/me/.openclaw/workspace",
      databaseFile: "/home/me/.openclaw/gateway.sqlite",
      approvalsFile: "/home/me/.openclaw/exec-approvals.json",
      deviceKeyFile: "/home/me/.openclaw/device-tokens.key",
      tlsDirectory: "/home/me/.openclaw/tls",
      mediaDirectory: "/home/me/.openclaw/media",
      logDirectory: "/tmp/openclaw",
    });
  });

  it("R2.1 OPENCLAW_CONFIG_PATH names the file and OPENCLAW_STATE_DIR the state directory", () => {
    const paths = resolvePaths({ OPENCLAW_CONFIG_PATH: "~/cfg.json", OPENCLAW_STATE_DIR: "/var/lib/oc" }, home);
    expect(paths.configFile).toBe("/home/me/cfg.json");
    expect(paths.stateDir).toBe("/var/lib/oc");
    expect(resolvePaths({ OPENCLAW_STATE_DIR: "/var/lib/oc" }, home).configFile).toBe("/var/lib/oc/openclaw.json");
  });

  it("R4.1 --profile isolates state, configuration, workspace and log", () => {
    const paths = resolvePaths({}, home, { profile: "rescue" });
    expect(paths).toMatchObject({
      profile: "rescue",
      stateDir: "/home/me/.openclaw-rescue",
      configFile: "/home/me/.openclaw-rescue/openclaw.json",
      workspace: "/home/me/.openclaw/workspace-rescue",
      logDirectory: "/home/me/.openclaw-rescue/logs",
    });
  });

  it("R4.2 --dev is the profile dev", () => {
    expect(resolvePaths({}, home, { dev: true })).toMatchObject({
      profile: "dev",
      stateDir: "/home/me/.openclaw-dev",
      configFile: "/home/me/.openclaw-dev/openclaw.json",
      workspace: "/home/me/.openclaw/workspace-dev",
    });
    expect(resolvePaths({ OPENCLAW_PROFILE: "dev" }, home)).toEqual(resolvePaths({}, home, { dev: true }));
  });

  it("R4.5 two gateways with their own state directories share no path", () => {
    const one = Object.values(resolvePaths({ OPENCLAW_STATE_DIR: "/a" }, home)).filter(Boolean);
    const other = new Set(Object.values(resolvePaths({ OPENCLAW_STATE_DIR: "/b" }, home)));
    expect(one.filter((path) => other.has(path))).toEqual([]);
  });

  it("lets a flag win over OPENCLAW_PROFILE, and treats default as no profile", () => {
    expect(resolveProfile({ OPENCLAW_PROFILE: "one" }, { profile: "two" })).toBe("two");
    expect(resolveProfile({ OPENCLAW_PROFILE: "one" }, { profile: "default" })).toBeUndefined();
    expect(resolveProfile({ OPENCLAW_PROFILE: "  " }, {})).toBeUndefined();
  });

  it.each(["../x", "a/b", "", ".hidden", "a b", "x".repeat(65), "-x"])("refuses the profile name %j", (profile) => {
    if (profile === "") expect(resolveProfile({}, { profile })).toBeUndefined();
    else expect(() => resolveProfile({}, { profile })).toThrow(ConfigError);
  });

  it("refuses --dev together with another profile", () => {
    expect(() => resolveProfile({}, { dev: true, profile: "rescue" })).toThrow(/--dev is the profile "dev"/);
    expect(resolveProfile({}, { dev: true, profile: "dev" })).toBe("dev");
  });

  it("expands ~ and counts other relative paths from the working directory", () => {
    expect(expandPath("~", home)).toBe(home);
    expect(expandPath("~/x", home)).toBe("/home/me/x");
    expect(expandPath("~other/x", home)).toBe(join(process.cwd(), "~other/x"));
  });
});
