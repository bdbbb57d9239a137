import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";

import { BotApi } from "./bot-api.ts";
import { FaultPlan, type Fault } from "./faults.ts";
import type { BotState } from "./methods/context.ts";
import { People } from "./people.ts";
import { CallRecord, type Call, type SentMessage } from "./record.ts";
import type { Message, Update, UpdateContent, User } from "./types.ts";
import { UpdateQueue } from "./updates/queue.ts";
import { Webhook, type WebhookDelivery } from "./updates/webhook.ts";
import { World } from "./world.ts";

const defaultDeadlineMs = 5_000;

export interface FakeTelegramOptions {
  /** The only token that is accepted. Its number is the bot's id. */
  readonly token?: string;
  /** The bot's username. */
  readonly username?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** How long the server waits before it ends an older poll with 409. Default 0; the real server takes up to 3,000. */
  readonly conflictDelayMs?: number;
}

export interface WaitOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
}

/** A Telegram Bot API server on the loopback interface, for one bot. */
export class FakeTelegram implements AsyncDisposable {
  /** The token that is accepted; assign another one to revoke it. */
  token: string;
  readonly bot: User;
  readonly people: People;
  readonly #state: BotState;
  readonly #faults = new FaultPlan();
  readonly #sockets = new Map<Socket, number>();
  readonly #api: BotApi;
  #server: Server | undefined;
  #port: number;
  #connections = 0;

  private constructor(options: FakeTelegramOptions) {
    this.token = options.token ?? "1234567890:AAFakeTokenForTests_0123456789abcdefg";
    this.#port = options.port ?? 0;
    const id = Number(/^\d+/.exec(this.token)?.[0] ?? 1);
    this.bot = { id, is_bot: true, first_name: "Fake Bot", username: options.username ?? "fake_test_bot" };
    const record = new CallRecord();
    const queue = new UpdateQueue(() => record.notify());
    this.#state = {
      bot: this.bot,
      world: new World(),
      queue,
      webhook: new Webhook(queue, () => record.notify()),
      record,
      callbackQueries: new Set(),
      reactions: new Map(),
      commands: [],
    };
    this.#api = new BotApi({
      state: this.#state,
      faults: this.#faults,
      conflictDelayMs: options.conflictDelayMs ?? 0,
      token: () => this.token,
      connectionOf: (request) => this.#sockets.get(request.socket) ?? 0,
    });
    this.people = new People(this.#state, (content) => this.push(content));
  }

  /** Starts a server. Dispose it to close every connection. */
  static async start(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
    const telegram = new FakeTelegram(options);
    await telegram.goOnline();
    return telegram;
  }

  /** What goes into a client's "API root" setting. */
  get apiRoot(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Every call with the right token, oldest first, at most 10,000. */
  get calls(): readonly Call[] {
    return this.#state.record.calls;
  }

  /** Every message that was accepted from the bot, oldest first, at most 10,000. */
  get sent(): readonly SentMessage[] {
    return this.#state.record.sent;
  }

  /** Ids of the updates the bot confirmed, in order. */
  get confirmed(): readonly number[] {
    return this.#state.queue.confirmed;
  }

  /** Updates the bot has not confirmed. */
  get pending(): readonly Update[] {
    return this.#state.queue.pending;
  }

  /** True while a long poll waits for updates. */
  get isPolled(): boolean {
    return this.#state.queue.isPolled;
  }

  get commands(): BotState["commands"] {
    return this.#state.commands;
  }

  /** Attempts to reach the webhook, oldest first. */
  get webhookDeliveries(): readonly WebhookDelivery[] {
    return this.#state.webhook.deliveries;
  }

  /** A message as it stands now, edits included; undefined when it is not there. */
  message(chatId: number, messageId: number): Message | undefined {
    return this.#state.world.record(chatId).messages.get(messageId);
  }

  /** The bot's reactions on a message. */
  reactions(chatId: number, messageId: number): readonly string[] {
    return this.#state.reactions.get(`${chatId}/${messageId}`) ?? [];
  }

  /** Something happened: an update for the bot. */
  push(content: UpdateContent): Update {
    const update = this.#state.queue.push(content);
    this.#state.webhook.pump();
    return update;
  }

  /** Delivers the same update once more, as after a lost confirmation. */
  redeliver(update: Update): void {
    this.#state.queue.repeat(update);
  }

  /** What an idle week does: update ids go on from an unrelated number. */
  restartUpdateIds(nextId: number): void {
    this.#state.queue.restartIds(nextId);
  }

  /** The next calls of a method ("*": any) fail, one fault each. */
  failNext(method: string, ...faults: readonly Fault[]): void {
    this.#faults.next(method, faults);
  }

  /** All calls of a method ("*": any) fail until the result is disposed. */
  failAlways(method: string, fault: Fault): Disposable {
    return this.#faults.standing(method, fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Closes the port and every connection: from now on connecting is refused. The port stays the same. */
  async goOffline(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  async goOnline(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => void this.#api.serve(request, response));
    server.on("connection", (socket: Socket) => {
      this.#connections += 1;
      this.#sockets.set(socket, this.#connections);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  /** The `count`-th call of a method, made already or later. */
  waitForCall(
    method: string,
    {
      count = 1,
      where = () => true,
      timeoutMs = defaultDeadlineMs,
    }: WaitOptions & { count?: number; where?: (call: Call) => boolean } = {},
  ): Promise<Call> {
    const find = (): Call | undefined => this.#state.record.of(method).filter((call) => where(call))[count - 1];
    return this.#state.record.waitFor(`call ${count} of ${method}`, find, timeoutMs);
  }

  /** The first accepted message that matches, sent already or later. */
  waitForMessage(
    where: (sent: SentMessage) => boolean = () => true,
    { timeoutMs = defaultDeadlineMs }: WaitOptions = {},
  ): Promise<SentMessage> {
    return this.#state.record.waitFor("a matching message", () => this.sent.find((sent) => where(sent)), timeoutMs);
  }

  /** Resolves once the bot has confirmed an update. */
  async waitForConfirmed(update: Update, { timeoutMs = defaultDeadlineMs }: WaitOptions = {}): Promise<void> {
    const find = (): true | undefined => (this.confirmed.includes(update.update_id) ? true : undefined);
    await this.#state.record.waitFor(`the confirmation of update ${update.update_id}`, find, timeoutMs);
  }

  /** Resolves once the condition holds; it is asked after everything that happens on the server. */
  async waitUntil(
    what: string,
    condition: () => boolean,
    { timeoutMs = defaultDeadlineMs }: WaitOptions = {},
  ): Promise<void> {
    await this.#state.record.waitFor(what, () => (condition() ? true : undefined), timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#state.webhook.close();
    await this.goOffline();
  }
}
