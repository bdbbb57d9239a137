import type { IncomingMessage } from "node:http";

import { BotApiError, badRequest } from "./errors.ts";
import { isRecord } from "./parameters.ts";

const maxBodyBytes = 64 * 1024 * 1024;

export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  readonly data: Buffer;
}

export interface RequestContent {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, UploadedFile>>;
}

/** Reads the parameters of a call from its query and body: JSON, form or multipart. */
export async function readContent(request: IncomingMessage, url: URL): Promise<RequestContent> {
  const parameters: Record<string, unknown> = Object.fromEntries(url.searchParams);
  const files: Record<string, UploadedFile> = {};
  const body = await readBody(request);
  const contentType = request.headers["content-type"] ?? "";
  if (body.length === 0) return { parameters, files };
  if (contentType.includes("application/json")) {
    Object.assign(parameters, parseJsonBody(body));
  } else if (contentType.includes("multipart/form-data")) {
    await readMultipart({ body, contentType }, parameters, files);
  } else if (contentType.includes("application/x-www-form-urlencoded")) {
    Object.assign(parameters, Object.fromEntries(new URLSearchParams(body.toString("utf8"))));
  }
  return { parameters, files };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new BotApiError(413, "Request Entity Too Large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJsonBody(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw badRequest("can't parse request body JSON object");
  }
  if (!isRecord(value)) throw badRequest("request body must be a JSON object");
  return value;
}

async function readMultipart(
  { body, contentType }: { body: Buffer; contentType: string },
  parameters: Record<string, unknown>,
  files: Record<string, UploadedFile>,
): Promise<void> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } })
    .formData()
    .catch(() => {
      throw badRequest("can't parse multipart form data");
    });
  for (const [name, value] of form) {
    if (typeof value === "string") parameters[name] = value;
    else files[name] = { name: value.name, type: value.type, data: Buffer.from(await value.arrayBuffer()) };
  }
}
