import type { IncomingMessage, ServerResponse } from "node:http";

import { BotApiError } from "./errors.ts";
import type { Fault, FaultPlan } from "./faults.ts";
import { stringList } from "./methods/account.ts";
import type { BotState } from "./methods/context.ts";
import { findMethod } from "./methods/table.ts";
import { Parameters } from "./parameters.ts";
import type { Call } from "./record.ts";
import { readContent } from "./request.ts";
import type { Update } from "./types.ts";

export interface BotApiOptions {
  readonly state: BotState;
  readonly faults: FaultPlan;
  readonly conflictDelayMs: number;
  /** The token that is accepted at this moment. */
  readonly token: () => string;
  /** A number for the connection a request came in on. */
  readonly connectionOf: (request: IncomingMessage) => number;
}

/** The HTTP side of the Bot API: routes, tokens, faults and answers. */
export class BotApi {
  readonly #options: BotApiOptions;

  constructor(options: BotApiOptions) {
    this.#options = options;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const download = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname);
      if (download !== null) this.#serveFile(response, download[1] ?? "", download[2] ?? "");
      else await this.#serveCall(request, response, url);
    } catch (error) {
      answerError(response, error);
    }
  }

  #serveFile(response: ServerResponse, token: string, path: string): void {
    this.#authenticate(token);
    const file = this.#options.state.world.fileAt(path);
    if (file === undefined) throw new BotApiError(404, "Not Found");
    const fault = this.#options.faults.take("download");
    if (fault?.kind === "error") throw new BotApiError(fault.code, fault.description, fault.parameters);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "drop") {
      const head = { "content-type": "application/octet-stream", "content-length": file.data.length };
      response.writeHead(200, head).write(file.data.subarray(0, file.data.length / 2), () => response.destroy());
      return;
    }
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(file.data);
  }

  async #serveCall(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = /^\/bot([^/]+)\/(?:test\/)?(\w+)$/.exec(url.pathname);
    if (path === null) throw new BotApiError(404, "Not Found");
    const token = decodeURIComponent(path[1] ?? "");
    const content = await readContent(request, url);
    this.#authenticate(token);
    const method = path[2] ?? "";
    const connection = this.#options.connectionOf(request);
    const call = this.#options.state.record.addCall({ method, token, connection, ...content });
    await this.#answer(call, response, this.#options.faults.take(method));
  }

  #authenticate(token: string): void {
    if (!/^\d+:[\w-]+$/.test(token)) throw new BotApiError(404, "Not Found");
    if (token !== this.#options.token()) throw new BotApiError(401, "Unauthorized");
  }

  async #answer(call: Call, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    if (fault?.kind === "error") throw new BotApiError(fault.code, fault.description, fault.parameters);
    if (fault?.kind === "html") return answerHtml(response, fault.status, fault.body);
    if (fault?.kind === "drop" && fault.when === "before") return void response.socket?.destroy();
    if (fault?.kind === "hang" && fault.when !== "after") return;
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const result = await this.#execute(call, response);
    if (fault?.kind === "drop") return void response.socket?.destroy();
    if (fault?.kind === "hang") return;
    answerJson(response, 200, { ok: true, result });
  }

  async #execute(call: Call, response: ServerResponse): Promise<unknown> {
    const parameters = new Parameters(call.parameters);
    if (call.method.toLowerCase() === "getupdates") return this.#getUpdates(parameters, response);
    const method = findMethod(call.method);
    if (method === undefined) throw new BotApiError(404, "Not Found: method not found");
    return method({ call, parameters, state: this.#options.state });
  }

  async #getUpdates(parameters: Parameters, response: ServerResponse): Promise<Update[]> {
    const { queue, webhook } = this.#options.state;
    if (webhook.isSet) {
      throw new BotApiError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    if (queue.isPolled && this.#options.conflictDelayMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#options.conflictDelayMs));
    }
    queue.allow(stringList(parameters.list("allowed_updates")));
    return queue.poll(
      {
        offset: parameters.integer("offset") ?? 0,
        limit: parameters.integer("limit"),
        timeoutSeconds: parameters.integer("timeout") ?? 0,
      },
      response,
    );
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function answerHtml(response: ServerResponse, status: number, body = "<html><body>Bad Gateway</body></html>"): void {
  response.writeHead(status, { "content-type": "text/html" }).end(body);
}

/** Bot API errors as the server words them; anything else is a defect of this double and says so. */
function answerError(response: ServerResponse, error: unknown): void {
  if (error instanceof BotApiError) {
    const { code, message, parameters } = error;
    answerJson(response, code, {
      ok: false,
      error_code: code,
      description: message,
      ...(parameters === undefined ? {} : { parameters }),
    });
  } else {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    answerJson(response, 500, { ok: false, error_code: 500, description: `Fake Telegram defect: ${reason}` });
  }
}
