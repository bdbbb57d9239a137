import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mask, Redactor } from "../../src/logging/redact.ts";

/** Text that no pattern takes for a secret, to stand around one. */
const around = fc.stringMatching(/^[a-z ,.!?\n]{0,30}$/);
const secretText = fc
  .string({ minLength: 8, maxLength: 60, unit: "grapheme" })
  .filter((secret) => secret.trim().length >= 8);

describe("mask", () => {
  it("keeps the first six and last four characters of 18 or more, and nothing of less", () => {
    expect(mask("sk-proj-abcdefghijklmnop")).toBe("sk-pro…mnop");
    expect(mask("a".repeat(17))).toBe("***");
  });
});

describe("Redactor", () => {
  it("masks every registered secret, wherever it stands and in whatever form", () => {
    fc.assert(
      fc.property(fc.array(secretText, { minLength: 1, maxLength: 5 }), around, around, (secrets, before, after) => {
        const redactor = new Redactor({ patterns: false });
        redactor.addSecrets(secrets);
        for (const secret of secrets) {
          for (const form of [secret, JSON.stringify({ a: secret }), `https://h/?q=${encodeURIComponent(secret)}`]) {
            const shown = redactor.text(`${before}${form}${after}`);
            expect(shown).not.toContain(secret);
            expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
          }
        }
      }),
    );
  });

  const base64url = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const token = (length: number) =>
    fc.string({ unit: fc.constantFrom(...base64url.split("")), minLength: length, maxLength: length + 20 });
  const shapes: Readonly<Record<string, fc.Arbitrary<{ text: string; secret: string }>>> = {
    "telegram bot tokens": fc.tuple(fc.integer({ min: 1e8, max: 1e10 - 1 }), token(35)).map(([id, key]) => {
      const secret = `${id}:${key}`;
      return { text: `POST https://api.telegram.org/bot${secret}/getMe failed`, secret };
    }),
    "bearer headers": token(20).map((secret) => ({ text: `authorization: Bearer ${secret}`, secret })),
    "api keys by prefix": fc
      .tuple(fc.constantFrom("sk-", "sk-ant-", "ghp_", "gsk_", "xoxb-1234567890-"), token(24))
      .map(([prefix, key]) => {
        const secret = `${prefix}${key.replaceAll(/[_-]/g, "x")}`;
        return { text: `key ${secret} was refused`, secret };
      }),
    "assignments and JSON fields": fc
      .tuple(
        fc.constantFrom("OPENAI_API_KEY=", '"botToken":"', "password: ", "?access_token=", "client_secret = "),
        token(20),
      )
      .map(([name, secret]) => ({ text: `${name}${secret}`, secret })),
    "command line flags": token(20)
      .filter((secret) => !secret.startsWith("-"))
      .map((secret) => ({ text: `openclaw gateway --token ${secret} --port 1`, secret })),
    "addresses with a password": token(12).map((secret) => ({ text: `postgres://me:${secret}@db/x`, secret })),
    "private keys": token(64).map((secret) => ({
      text: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----`,
      secret,
    })),
    "cut private keys": token(64).map((secret) => ({ text: `-----BEGIN PRIVATE KEY-----\n${secret}`, secret })),
    "JSON web tokens": fc.tuple(token(20), token(20), token(20)).map(([one, two, three]) => {
      const secret = `eyJ${one}.${two}.${three}`;
      return { text: `got ${secret}`, secret };
    }),
  };

  it.each(Object.keys(shapes))("knows %s without being told", (name) => {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(name);
    const redactor = new Redactor();
    fc.assert(
      fc.property(shape, around, around, ({ text, secret }, before, after) => {
        expect(redactor.text(`${before} ${text} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it("leaves ordinary lines as they are", () => {
    const lines = [
      "listening on ws://127.0.0.1:18789 (PID 4242)",
      "turn finished: inputTokens: 123456, totalTokens=99999, at 2026-01-01T00:00:00.000Z",
      "session agent:main:telegram:direct:123456789 opened",
      "device 5f2c0a9e-7c11-4a0b-9d1c-2f6c2b1f6f11 connected from 10.0.0.1",
      "auth mode: token",
      "the skip-list of https://example.org/a?b=c was read",
    ];
    for (const line of lines) expect(new Redactor().text(line)).toBe(line);
  });

  it("with patterns off, masks registered secrets only", () => {
    const redactor = new Redactor({ patterns: false });
    redactor.addSecrets(["registered-secret"]);
    expect(redactor.text("password=hunter22 registered-secret")).toBe("password=hunter22 ***");
  });

  it("takes further patterns, raw or with flags", () => {
    const redactor = new Redactor({ extraPatterns: ["case-\\d+", "/Ticket (\\w+)/"] });
    expect(redactor.text("CASE-123, Ticket ABC, ticket ABC")).toBe("***, Ticket ***, ticket ABC");
  });

  it("masks the longer of two secrets that begin alike", () => {
    const redactor = new Redactor({ patterns: false });
    redactor.addSecrets(["abcdef", "abcdefgh"]);
    expect(redactor.text("abcdefgh abcdef")).toBe("*** ***");
  });

  it("takes time in proportion to the text, whatever the text is", () => {
    const redactor = new Redactor();
    redactor.addSecrets(["some-secret-value"]);
    for (const unit of ["a", "token=", "-----BEGIN PRIVATE KEY-----", "eyJa.", "1:", "a://", "bearer ", 'key\\"  ']) {
      const started = performance.now();
      redactor.text(unit.repeat(65_536 / unit.length));
      expect(performance.now() - started, unit).toBeLessThan(1000);
    }
  });
});
