import { createServer } from "node:net";

import { FakeGateway, FakeRefusal } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT, type GatewayLocation } from "../src/index.ts";
import { run } from "./memory-host.ts";

const SECRET = "hush-hush-token";

const configured: Partial<GatewayLocation> = {
  credential: {
    kind: "token",
    value: SECRET,
    source: "gateway.auth.token in /home/ann/.openclaw/openclaw.json",
    origin: "config",
  },
};
const fromEnvironment: Partial<GatewayLocation> = {
  credential: { kind: "token", value: SECRET, source: "OPENCLAW_GATEWAY_TOKEN", origin: "environment" },
};

function refusing(code: string, message: string, closeCode = 1008) {
  return FakeGateway.start({
    admit: () => {
      throw new FakeRefusal(
        { code: "INVALID_REQUEST", message, details: { code } },
        { code: closeCode, reason: message },
      );
    },
  });
}

describe("failures", () => {
  it.each([["health"], ["status"], ["channels", "status"], ["logs"], ["gateway", "health"]])(
    "R3.9 R8.5 with no gateway, %s fails at once with exit code 3 and says how to start one",
    async (...words) => {
      const started = performance.now();
      const ran = await run(["--dev", ...words]);
      expect(performance.now() - started).toBeLessThan(5000);
      expect(ran.exitCode).toBe(EXIT.unreachable);
      expect(ran.stdout + ran.stderr).toContain("No gateway answers at ws://127.0.0.1:1");
      expect(ran.stdout + ran.stderr).toContain("Start one: openclaw --dev gateway");
    },
  );

  it("R3.9 agent and message send do not run without the gateway", async () => {
    for (const words of [
      ["agent", "-m", "hi"],
      ["message", "send", "-t", "1", "-m", "hi"],
    ]) {
      expect(await run(words)).toMatchObject({ exitCode: EXIT.unreachable, stdout: "" });
    }
  });

  it("F24 a refused token from the configuration is named with its file and what to do", async () => {
    await using gateway = await refusing("AUTH_TOKEN_MISMATCH", "unauthorized: gateway token mismatch");
    const ran = await run(["health"], { url: gateway.url, location: configured });
    expect(ran.exitCode).toBe(EXIT.refused);
    expect(ran.stderr).toContain("refused the token from gateway.auth.token in /home/ann/.openclaw/openclaw.json");
    expect(ran.stderr).toMatch(/fix: .*Restart it, or pass the one it was started with/u);
    expect(ran.stderr).not.toContain(SECRET);
  });

  it("F24 a refused token from the environment is named, with the one command that mends it", async () => {
    await using gateway = await refusing("AUTH_TOKEN_MISMATCH", "unauthorized: gateway token mismatch");
    const ran = await run(["health", "--json"], { url: gateway.url, location: fromEnvironment });
    expect(ran.json).toMatchObject({ error: { kind: "refused", details: { code: "AUTH_TOKEN_MISMATCH" } } });
    expect(ran.stderr).toContain("refused the token from OPENCLAW_GATEWAY_TOKEN");
    expect(ran.stderr).toContain("Run: unset OPENCLAW_GATEWAY_TOKEN");
  });

  it("F24 a refused --token is named, and leaving it out is offered when there is another", async () => {
    await using gateway = await refusing("AUTH_TOKEN_MISMATCH", "unauthorized: gateway token mismatch");
    const ran = await run(["health", "--token", "wrong"], { url: gateway.url, location: configured });
    expect(ran.stderr).toContain("refused the token from --token");
    expect(ran.stderr).toContain("Leave --token out to use gateway.auth.token in /home/ann");
    expect(gateway.connects[0]).toMatchObject({ auth: { token: "wrong" } });
  });

  it("F24 a gateway that wants a token where there is none says where one was looked for", async () => {
    await using gateway = await refusing("AUTH_TOKEN_MISSING", "unauthorized: gateway token missing");
    const ran = await run(["health"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.refused);
    expect(ran.stderr).toMatch(
      /none was found: not in --token, not in OPENCLAW_GATEWAY_TOKEN, not in gateway\.auth of \S+/u,
    );
  });

  it("a missing scope exits 4", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        health: () => {
          throw new FakeRefusal({ code: "FORBIDDEN", message: "missing scope: operator.read" });
        },
      },
    });
    const ran = await run(["health"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.refused);
    expect(ran.stderr).toContain("refused health: missing scope: operator.read");
  });

  it("a gateway that does not answer in time exits 5", async () => {
    await using gateway = await FakeGateway.start({ answers: { health: () => undefined } });
    const ran = await run(["health", "--timeout", "150"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.timeout);
    expect(ran.stderr).toContain("did not answer health in time");
  });

  it("a socket that accepts and never speaks exits 5", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const ran = await run(["health", "--timeout", "150"], { url: `ws://127.0.0.1:${port}` });
    server.close();
    expect(ran.exitCode).toBe(EXIT.timeout);
  });

  it("a connection that is cut before the answer exits 3", async () => {
    await using gateway = await FakeGateway.start({ answers: { health: (request) => request.cut() } });
    const ran = await run(["health"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.unreachable);
    expect(ran.stderr).toContain("was lost before health was answered");
  });

  it("a gateway of another protocol is told apart from a refusal", async () => {
    await using gateway = await refusing("PROTOCOL_MISMATCH", "protocol mismatch", 1002);
    const ran = await run(["health"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.failure);
    expect(ran.stderr).toContain("speak different versions of the protocol");
  });

  it("never sends a secret from a configuration file to an address of another machine", async () => {
    const ran = await run(["gateway", "status", "--no-probe", "--json", "--url", "ws://gateway.example:1"], {
      location: configured,
    });
    expect(ran.json).toMatchObject({ target: { url: "ws://gateway.example:1", credential: null } });
    const tunnel = await run(["gateway", "status", "--no-probe", "--json", "--url", "ws://localhost:2"], {
      location: configured,
    });
    expect(tunnel.json).toMatchObject({ target: { credential: configured.credential?.source } });
    const remote = await run(["gateway", "status", "--no-probe", "--json"], {
      location: { ...configured, mode: "remote", url: "wss://gateway.example" },
    });
    expect(remote.json).toMatchObject({
      target: {
        url: "wss://gateway.example",
        source: "gateway.remote.url in /home/ann/.openclaw/openclaw.json",
        credential: configured.credential?.source,
      },
    });
  });

  it("S does not talk plain text to another machine unless told to", async () => {
    const url = "ws://gateway.invalid:1";
    for (const [words, location] of [
      [["health", "--url", url, "--token", "t"], {}],
      [["status"], { ...fromEnvironment, mode: "remote", url }],
      [["health", "--url", "ws://127.0.0.1.nip.example:1"], {}],
      [["health", "--url", "ws://0.0.0.0.example:1"], {}],
    ] as const) {
      const ran = await run(words, { location });
      expect(ran.exitCode).toBe(EXIT.usage);
      expect(ran.stderr + ran.stdout).toMatch(/is not encrypted: others on the way could read the token/u);
      expect(ran.stderr + ran.stdout).toContain("--allow-plaintext");
    }
    const told = await run(["health", "--url", url, "--allow-plaintext", "--timeout", "3000"]);
    expect([EXIT.unreachable, EXIT.timeout]).toContain(told.exitCode);
    // An address of this machine that its own configuration names never leaves it.
    const own = await run(["health", "--timeout", "3000"], { location: { url } });
    expect([EXIT.unreachable, EXIT.timeout]).toContain(own.exitCode);
  });

  it("S takes the fingerprint of a certificate from the flag, else from the configuration that names the address", async () => {
    const location = { mode: "remote", url: "wss://gateway.example", tlsFingerprint: "AA:BB" } as const;
    const pinOf = async (...words: string[]) => {
      const { json } = await run(["gateway", "status", "--no-probe", "--json", ...words], { location });
      return json;
    };
    expect(await pinOf()).toMatchObject({ target: { tlsFingerprint: "AA:BB" } });
    expect(await pinOf("--tls-fingerprint", "CC:DD")).toMatchObject({ target: { tlsFingerprint: "CC:DD" } });
    expect(await pinOf("--url", "wss://other.example")).toMatchObject({ target: { tlsFingerprint: null } });
  });

  it("a defect exits 1 and says that it is one; its stack shows only when asked for", async () => {
    const defect = { runGateway: () => Promise.reject(new TypeError("boom")) };
    const ran = await run(["gateway"], defect);
    expect(ran.exitCode).toBe(EXIT.failure);
    expect(ran.stderr).toMatch(/^error: openclaw failed: boom\nfix: .*defect.*\n$/u);
    expect((await run(["gateway"], { ...defect, environment: { OPENCLAW_CLI_DEBUG: "1" } })).stderr).toContain(
      "TypeError: boom",
    );
  });
});
