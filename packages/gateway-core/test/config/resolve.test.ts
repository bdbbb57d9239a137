import { describe, expect, it } from "vitest";

import { ConfigError } from "../../src/config/errors.ts";
import { resolveAuth, resolvePorts, resolveUnknownPolicy } from "../../src/config/resolve.ts";
import { fixedConfig } from "../../src/config/runtime.ts";

describe("resolvePorts", () => {
  const environment = { OPENCLAW_GATEWAY_PORT: "2000" };

  it("R1.4 takes --port, then OPENCLAW_GATEWAY_PORT, then gateway.port, then 18789", () => {
    expect(resolvePorts({ environment, profile: undefined, flag: 3000, configured: 1000 }).gateway).toBe(3000);
    expect(resolvePorts({ environment, profile: undefined, configured: 1000 }).gateway).toBe(2000);
    expect(resolvePorts({ environment: {}, profile: undefined, configured: 1000 }).gateway).toBe(1000);
    expect(resolvePorts({ environment: {}, profile: undefined }).gateway).toBe(18_789);
    expect(resolvePorts({ environment: {}, profile: "rescue" }).gateway).toBe(18_789);
  });

  it("R4.2 uses 19001, 19003 and 19005 in the dev profile, and lets flag, environment and file override it", () => {
    expect(resolvePorts({ environment: {}, profile: "dev" })).toEqual({
      gateway: 19_001,
      browserControl: 19_003,
      canvas: 19_005,
      browserCdp: [19_012, 19_111],
    });
    expect(resolvePorts({ environment, profile: "dev" }).gateway).toBe(2000);
    expect(resolvePorts({ environment: {}, profile: "dev", configured: 1000 }).gateway).toBe(1000);
  });

  it("R4.3 derives the other ports, with a canvas port of its own where one is given", () => {
    expect(resolvePorts({ environment: {}, profile: undefined })).toEqual({
      gateway: 18_789,
      browserControl: 18_791,
      canvas: 18_793,
      browserCdp: [18_800, 18_899],
    });
    expect(resolvePorts({ environment: {}, profile: undefined, configuredCanvas: 5 }).canvas).toBe(5);
    const fromEnvironment = { OPENCLAW_CANVAS_HOST_PORT: "6" };
    expect(resolvePorts({ environment: fromEnvironment, profile: undefined, configuredCanvas: 5 }).canvas).toBe(6);
  });

  it.each(["0", "65536", "abc", "1e3", "-1", " 80x"])(
    "refuses OPENCLAW_GATEWAY_PORT=%j and says what is expected",
    (value) => {
      const resolve = () => resolvePorts({ environment: { OPENCLAW_GATEWAY_PORT: value }, profile: undefined });
      expect(resolve).toThrow(ConfigError);
      expect(resolve).toThrow(/OPENCLAW_GATEWAY_PORT.*expected a port from 1 to 65535, got/);
    },
  );

  it("lets --port 0 ask for any free port, and nothing above 65535", () => {
    expect(resolvePorts({ environment: {}, profile: undefined, flag: 0 }).gateway).toBe(0);
    expect(() => resolvePorts({ environment: {}, profile: undefined, flag: 70_000 })).toThrow(/--port/);
    expect(() => resolvePorts({ environment: {}, profile: undefined, flag: Number.NaN })).toThrow(/--port/);
  });
});

describe("resolveAuth", () => {
  it("R3.6 takes flags, then the environment, then the file", () => {
    const configured = { token: "file" };
    const environment = { OPENCLAW_GATEWAY_TOKEN: "variable" };
    expect(resolveAuth({ environment, configured, flags: { token: "flag" } })).toEqual({
      mode: "token",
      secret: "flag",
    });
    expect(resolveAuth({ environment, configured })).toEqual({ mode: "token", secret: "variable" });
    expect(resolveAuth({ environment: {}, configured })).toEqual({ mode: "token", secret: "file" });
  });

  it("uses a password when only that is set, or when the mode says so", () => {
    expect(resolveAuth({ environment: { OPENCLAW_GATEWAY_PASSWORD: "p" }, configured: {} })).toEqual({
      mode: "password",
      secret: "p",
    });
    expect(resolveAuth({ environment: {}, configured: { token: "t", password: "p" } })).toEqual({
      mode: "token",
      secret: "t",
    });
    expect(resolveAuth({ environment: {}, configured: { mode: "password", token: "t" } })).toEqual({
      mode: "password",
      secret: undefined,
    });
  });

  it("has no secret, rather than an empty one, when nothing is set", () => {
    expect(resolveAuth({ environment: { OPENCLAW_GATEWAY_TOKEN: "" }, configured: {} })).toEqual({
      mode: "token",
      secret: undefined,
    });
  });
});

describe("resolveUnknownPolicy", () => {
  it("takes the account's word, then the channel's, then the general one", () => {
    const { current } = fixedConfig({
      outbound: { unknownPolicy: "resend" },
      channels: {
        slack: {
          outbound: { unknownPolicy: "hold" },
          accounts: { work: { outbound: { unknownPolicy: "label" } }, home: {} },
        },
      },
    });
    expect(resolveUnknownPolicy(current, "slack", "work")).toBe("label");
    expect(resolveUnknownPolicy(current, "slack", "home")).toBe("hold");
    expect(resolveUnknownPolicy(current, "slack", "default")).toBe("hold");
    expect(resolveUnknownPolicy(current, "telegram", "default")).toBe("resend");
  });
});
