import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, it } from "vitest";

import { loadCertificate, type TlsSettings } from "../../src/net/tls/certificate.ts";
import { makeSelfSigned } from "../../src/net/tls/self-signed.ts";
import { connectParams, openPlane } from "../support/plane.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 24);

function settings(directory: string, changes: Partial<TlsSettings> = {}): TlsSettings {
  return {
    certPath: undefined,
    keyPath: undefined,
    caPath: undefined,
    autoGenerate: true,
    directory: join(directory, "tls"),
    host: "127.0.0.1",
    ...changes,
  };
}

/** The handshake's end: the open socket, or why there is none. */
async function shake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectTls({ port, host: "127.0.0.1", ...options });
  await once(socket, "secureConnect");
  return socket;
}

describe("the certificate that a gateway makes", () => {
  it("is made once, for the names of the machine, and only its owner may read it", async () => {
    await using directory = await createTempDirectory();
    const made = await loadCertificate(settings(directory.path), NOW);
    const { subjectAltName, ca, publicKey, validFromDate } = new X509Certificate(made.cert);
    expect(subjectAltName).toContain("DNS:localhost");
    expect(subjectAltName).toContain("IP Address:127.0.0.1");
    expect(subjectAltName).toContain("IP Address:0:0:0:0:0:0:0:1");
    expect({ ca, curve: publicKey.asymmetricKeyDetails?.namedCurve }).toEqual({ ca: false, curve: "prime256v1" });
    expect(new X509Certificate(made.cert).verify(publicKey)).toBe(true);
    expect(validFromDate.getTime()).toBeLessThan(NOW);
    expect(made.fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/u);
    for (const file of ["gateway-key.pem", "gateway-cert.pem"])
      expect((await stat(join(directory.path, "tls", file))).mode & 0o777).toBe(0o600);
    await chmod(join(directory.path, "tls", "gateway-key.pem"), 0o644);
    expect(await loadCertificate(settings(directory.path), NOW + DAY_MS)).toEqual(made);
    expect((await stat(join(directory.path, "tls", "gateway-key.pem"))).mode & 0o777).toBe(0o600);
  });

  it("is made again a month before it ends, and when it is damaged or does not match its key", async () => {
    await using directory = await createTempDirectory();
    const first = await loadCertificate(settings(directory.path), NOW);
    expect(await loadCertificate(settings(directory.path), first.validTo - 31 * DAY_MS)).toEqual(first);
    const second = await loadCertificate(settings(directory.path), first.validTo - 29 * DAY_MS);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.validTo).toBeGreaterThan(first.validTo);
    const other = makeSelfSigned({ commonName: "x", names: ["x"], now: NOW, validForMs: DAY_MS * 400 });
    for (const content of ["", "no certificate", other.key]) {
      await writeFile(join(directory.path, "tls", "gateway-key.pem"), content);
      const { cert, key } = await loadCertificate(settings(directory.path), NOW);
      expect(await readFile(join(directory.path, "tls", "gateway-cert.pem"), "utf8")).toBe(cert);
      expect(await readFile(join(directory.path, "tls", "gateway-key.pem"), "utf8")).toBe(key);
    }
  });

  it("can be for any address and any time", () => {
    const names = ["::1", "2001:db8::8a2e:370:7334", "10.0.0.7", "studio.local", "::ffff:1.2.3.4"];
    const { cert } = makeSelfSigned({
      commonName: "Größe",
      names,
      now: Date.UTC(2049, 11, 30),
      validForMs: 5 * DAY_MS,
    });
    const { subject, subjectAltName, validFromDate, validToDate } = new X509Certificate(cert);
    expect(subject).toBe("CN=Größe");
    expect(subjectAltName?.split(", ")).toEqual([
      "IP Address:0:0:0:0:0:0:0:1",
      "IP Address:2001:DB8:0:0:0:8A2E:370:7334",
      "IP Address:10.0.0.7",
      "DNS:studio.local",
      "IP Address:0:0:0:0:0:FFFF:102:304",
    ]);
    expect([validFromDate, validToDate]).toEqual([new Date(Date.UTC(2049, 11, 29)), new Date(Date.UTC(2050, 0, 4))]);
  });
});

describe("a certificate of one's own", () => {
  it("is used as it is, with its chain", async () => {
    await using directory = await createTempDirectory();
    const own = makeSelfSigned({ commonName: "own", names: ["own.example"], now: NOW, validForMs: 90 * DAY_MS });
    const authority = makeSelfSigned({ commonName: "authority", names: ["a"], now: NOW, validForMs: 90 * DAY_MS });
    const [certPath, keyPath, caPath] = ["cert.pem", "key.pem", "ca.pem"].map((name) => join(directory.path, name));
    await writeFile(String(certPath), own.cert);
    await writeFile(String(keyPath), own.key);
    await writeFile(String(caPath), authority.cert);
    const loaded = await loadCertificate(settings(directory.path, { certPath, keyPath, caPath }), NOW);
    expect(loaded).toMatchObject({ key: own.key, cert: own.cert + authority.cert, isGenerated: false });
    expect(loaded.fingerprint).toBe(new X509Certificate(own.cert).fingerprint256);
    await expect(stat(join(directory.path, "tls"))).rejects.toThrow();
    const expired = loadCertificate(settings(directory.path, { certPath, keyPath }), NOW + 91 * DAY_MS);
    await expect(expired).rejects.toThrow(/expired on/u);
  });

  it("that can not be used is refused with what is wrong and what to do", async () => {
    await using directory = await createTempDirectory();
    const [own, other] = [1, 2].map(() =>
      makeSelfSigned({ commonName: "o", names: ["o"], now: NOW, validForMs: DAY_MS }),
    );
    const certPath = join(directory.path, "cert.pem");
    const keyPath = join(directory.path, "key.pem");
    const cases: [Partial<TlsSettings>, string | undefined, string | undefined, RegExp][] = [
      [{ certPath }, own?.cert, undefined, /certPath but no keyPath/u],
      [{ keyPath }, undefined, own?.key, /keyPath but no certPath/u],
      [{ autoGenerate: false }, undefined, undefined, /autoGenerate is false/u],
      [{ certPath, keyPath }, own?.cert, undefined, /keyPath can not be read: .*ENOENT/u],
      [{ certPath, keyPath }, "junk", own?.key, /does not hold a certificate/u],
      [{ certPath, keyPath }, own?.cert, "junk", /does not hold a private key/u],
      [{ certPath, keyPath }, own?.cert, other?.key, /is not the key of the certificate/u],
    ];
    for (const [changes, cert, key, problem] of cases) {
      for (const [path, content] of [
        [certPath, cert],
        [keyPath, key],
      ] as const)
        await (content === undefined ? rm(path, { force: true }) : writeFile(path, content));
      await expect(loadCertificate(settings(directory.path, changes), NOW)).rejects.toMatchObject({
        name: "FatalError",
        message: expect.stringMatching(problem) as string,
        remedy: expect.stringMatching(/\S/u) as string,
      });
    }
  });
});

describe("a gateway with TLS", () => {
  it("serves WebSocket and HTTP to those who trust its certificate, and nothing else", async () => {
    await using directory = await createTempDirectory();
    const tls = settings(directory.path);
    await using open = await openPlane({ settings: { tls } });
    expect(open.url).toMatch(/^wss:/u);
    const { cert, fingerprint } = await loadCertificate(tls, Date.now());
    await using client = await open.open({ ca: cert });
    expect((await client.request("connect", connectParams())).ok).toBe(true);
    expect((await client.request("health")).ok).toBe(true);
    open.bus.publish("tick", { ts: 1 });
    expect((await client.event("tick")).seq).toBe(1);
    await expect(open.open({})).rejects.toThrow(/self-signed/u);
    const other = makeSelfSigned({
      commonName: "OpenClaw gateway",
      names: ["127.0.0.1"],
      now: NOW,
      validForMs: DAY_MS,
    });
    await expect(open.open({ ca: other.cert })).rejects.toThrow(/self-signed/u);
    await expect(fetch(`http://127.0.0.1:${open.port}/healthz`)).rejects.toThrow();

    const socket = await shake(open.port, { ca: cert, ALPNProtocols: ["h2", "http/1.1"] });
    expect({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol }).toEqual({
      protocol: "TLSv1.3",
      alpn: "http/1.1",
    });
    expect(socket.getPeerX509Certificate()?.fingerprint256).toBe(fingerprint);
    socket.destroy();
    for (const version of ["TLSv1", "TLSv1.1"] as const) {
      const old = shake(open.port, {
        ca: cert,
        minVersion: "TLSv1",
        maxVersion: version,
        ciphers: "DEFAULT@SECLEVEL=0",
      });
      await expect(old).rejects.toThrow(/version|protocol/iu);
    }
    await expect(shake(open.port, { ca: cert, ALPNProtocols: ["h2"] })).rejects.toThrow();
  });

  it("takes a renewed certificate of one's own without a restart, and keeps the old one when the new is broken", async () => {
    await using directory = await createTempDirectory();
    const [certPath, keyPath] = [join(directory.path, "cert.pem"), join(directory.path, "key.pem")];
    const clock = new ManualClock(NOW);
    const names = ["127.0.0.1"];
    const install = async (files: { cert: string; key: string }): Promise<void> => {
      await writeFile(certPath, files.cert);
      await writeFile(keyPath, files.key);
    };
    const [first, second] = [1, 2].map(() =>
      makeSelfSigned({ commonName: "own", names, now: Date.now(), validForMs: 400 * DAY_MS }),
    );
    if (!first || !second) throw new Error("two are made");
    await install(first);
    await using open = await openPlane({ clock, settings: { tls: settings(directory.path, { certPath, keyPath }) } });
    const shown = async (): Promise<string | undefined> => {
      const socket = await shake(open.port, { rejectUnauthorized: false });
      const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
      socket.destroy();
      return fingerprint;
    };
    await install({ cert: second.cert, key: "broken" });
    await clock.advance(3_600_000);
    await eventually("a complaint", () =>
      open.parts.log.lines.find(({ message }) => message === "the certificate could not be renewed"),
    );
    expect(await shown()).toBe(new X509Certificate(first.cert).fingerprint256);
    await install(second);
    await clock.advance(3_600_000);
    await eventually(
      "the new certificate",
      async () => (await shown()) === new X509Certificate(second.cert).fingerprint256,
    );
  });
});
