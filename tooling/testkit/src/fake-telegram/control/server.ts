import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { isRecord } from "../parameters.ts";
import type { FakeTelegram } from "../server.ts";
import { commands } from "./commands.ts";

/** `POST /<command>` with a JSON body drives a fake Telegram from another process; answers `{ok, result | error}`. */
export class ControlServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(telegram: FakeTelegram): Promise<ControlServer> {
    const server = createServer((request, response) => void serve(telegram, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The control server has no port.");
    return new ControlServer(server, `http://127.0.0.1:${address.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(telegram: FakeTelegram, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const name = (request.url ?? "/").slice(1);
    const command = commands[name];
    if (command === undefined) throw new Error(`No command ${name}; there are ${Object.keys(commands).join(", ")}.`);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
    if (!isRecord(body)) throw new Error("The body must be a JSON object.");
    answer(response, 200, { ok: true, result: (await command(telegram, body)) ?? null });
  } catch (error) {
    answer(response, 400, { ok: false, error: error instanceof Error ? error.message : String(error) });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
