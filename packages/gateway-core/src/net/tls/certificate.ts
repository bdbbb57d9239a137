import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { FatalError } from "../../errors.ts";

const DAY_MS = 86_400_000;
/**
 * Clients pin this very certificate, so it should not change while the machine lives; whoever wants short lives has a
 * certificate of their own.
 */
const VALID_FOR_MS = 3_650 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Where the certificate comes from. Paths are absolute. */
export interface TlsSettings {
  /** A certificate of one's own, PEM, with its chain. Without it one is made, unless `autoGenerate` is false. */
  readonly certPath: string | undefined;
  readonly keyPath: string | undefined;
  /** Certificates of the authorities that are sent along. */
  readonly caPath: string | undefined;
  readonly autoGenerate: boolean;
  /** Where a certificate that was made is kept. */
  readonly directory: string;
  /** The address the gateway listens on. */
  readonly host: string;
}

/** What a server needs, and what clients pin. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate in hexadecimal digits with colons. */
  readonly fingerprint: string;
  readonly validTo: number;
  /** True when the gateway made it. */
  readonly isGenerated: boolean;
}

/** Throws FatalError when there is no usable certificate. */
export async function loadCertificate(settings: TlsSettings, now: number): Promise<TlsMaterial> {
  const { certPath, keyPath } = settings;
  if (certPath !== undefined && keyPath !== undefined) return loadOwn({ certPath, keyPath }, settings, now);
  if (certPath !== undefined || keyPath !== undefined) {
    const missing = certPath === undefined ? "certPath" : "keyPath";
    throw new FatalError(
      `gateway.tls has ${certPath === undefined ? "keyPath" : "certPath"} but no ${missing}.`,
      `Set gateway.tls.${missing}, or remove both to have a certificate made.`,
    );
  }
  if (!settings.autoGenerate) {
    throw new FatalError(
      "gateway.tls is enabled, but there is no certificate: autoGenerate is false and no certPath is set.",
      "Set gateway.tls.certPath and gateway.tls.keyPath, or remove gateway.tls.autoGenerate.",
    );
  }
  return loadOrMake(settings, now);
}

async function loadOwn(
  { certPath, keyPath }: { readonly certPath: string; readonly keyPath: string },
  { caPath }: TlsSettings,
  now: number,
): Promise<TlsMaterial> {
  const cert = await readPart("certPath", certPath);
  const key = await readPart("keyPath", keyPath);
  const chain = caPath === undefined ? "" : await readPart("caPath", caPath);
  const certificate = parsePart("certPath", certPath, () => new X509Certificate(cert));
  const privateKey = parsePart("keyPath", keyPath, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new FatalError(
      `The key in ${keyPath} is not the key of the certificate in ${certPath}.`,
      "Set gateway.tls.certPath and gateway.tls.keyPath to files that belong together.",
    );
  }
  if (certificate.validToDate.getTime() <= now) {
    throw new FatalError(
      `The certificate in ${certPath} expired on ${certificate.validToDate.toISOString()}.`,
      "Renew it, or remove gateway.tls.certPath and gateway.tls.keyPath to have one made.",
    );
  }
  return materialOf({
    certificate,
    cert: chain === "" ? cert : `${cert.trimEnd()}\n${chain}`,
    key,
    isGenerated: false,
  });
}

/** The one that was made before, while it is good for long enough; otherwise a new one. */
async function loadOrMake({ directory, host }: TlsSettings, now: number): Promise<TlsMaterial> {
  const certFile = join(directory, "gateway-cert.pem");
  const keyFile = join(directory, "gateway-key.pem");
  const known = await readMade(certFile, keyFile);
  if (known && known.validTo - RENEW_BEFORE_MS > now) return known;
  const { makeSelfSigned } = await import("./self-signed.ts");
  const { cert, key } = makeSelfSigned({
    commonName: "OpenClaw gateway",
    names: namesOf(host),
    now,
    validForMs: VALID_FOR_MS,
  });
  await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  // The certificate comes last: without it the key counts for nothing.
  await writePrivate(keyFile, key);
  await writePrivate(certFile, cert);
  return materialOf({ certificate: new X509Certificate(cert), cert, key, isGenerated: true });
}

async function readMade(certFile: string, keyFile: string): Promise<TlsMaterial | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    const certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return undefined;
    await chmod(keyFile, PRIVATE_FILE);
    return materialOf({ certificate, cert, key, isGenerated: true });
  } catch {
    // Not there, or damaged: it is made again.
    return undefined;
  }
}

function materialOf({
  certificate,
  ...rest
}: Pick<TlsMaterial, "cert" | "key" | "isGenerated"> & { readonly certificate: X509Certificate }): TlsMaterial {
  return { ...rest, fingerprint: certificate.fingerprint256, validTo: certificate.validToDate.getTime() };
}

function namesOf(host: string): readonly string[] {
  const own = hostname().toLowerCase();
  const isWildcard = host === "0.0.0.0" || host === "::";
  return [...new Set(["localhost", "127.0.0.1", "::1", own, `${own}.local`, ...(isWildcard ? [] : [host])])];
}

async function writePrivate(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, content, { mode: PRIVATE_FILE });
  await rename(temporary, path);
}

async function readPart(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new FatalError(
      `The file of gateway.tls.${name} can not be read: ${path} (${reason}).`,
      `Set gateway.tls.${name} to a PEM file that the gateway may read.`,
      { cause: error },
    );
  }
}

function parsePart<T extends X509Certificate | KeyObject>(name: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const what = name === "keyPath" ? "a private key without a passphrase" : "a certificate";
    throw new FatalError(`${path} does not hold ${what} in PEM form.`, `Set gateway.tls.${name} to such a file.`, {
      cause: error,
    });
  }
}
