/** Token counts that the fake model claims; every dialect writes them under its own names. */
export interface FakeUsage {
  readonly input: number;
  readonly output: number;
  /** Input tokens read from a cache. Part of `input`. */
  readonly cached?: number;
}

export interface FakeToolCall {
  readonly name: string;
  /** What the model passes to the tool. A string is sent as it is, so that broken JSON can be sent too. */
  readonly input: unknown;
  /** Made up when absent. */
  readonly id?: string;
}

/** A model answer, streamed or whole, as the request asks. */
export interface FakeAnswer {
  readonly kind: "answer";
  /** One entry is one chunk of the stream. */
  readonly text?: readonly string[];
  /** One entry is one chunk of the stream. */
  readonly reasoning?: readonly string[];
  readonly toolCalls?: readonly FakeToolCall[];
  /** 11 in and 7 out when absent; null leaves the counts out altogether. */
  readonly usage?: FakeUsage | null;
  /** `stop` when absent, `tool-calls` when there are tool calls. */
  readonly finish?: "stop" | "length" | "tool-calls";
  /** A pause in milliseconds before each chunk. */
  readonly delayMs?: number;
  /**
   * How the stream ends after its content: `finish` (when absent) as the dialect wants it; `cut` breaks the
   * connection; `end` closes the response in order but without the dialect's last word; `hang` sends nothing more
   * and keeps the connection.
   */
  readonly ending?: "finish" | "cut" | "end" | "hang";
}

/** What the fake model does with one request. */
export type FakeReply =
  | FakeAnswer
  /** An HTTP error in the dialect's own form. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly message: string;
      /** The dialect's machine-readable word, for example "context_length_exceeded". */
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Any bytes at all: an HTML page, broken JSON, a redirect. */
  | {
      readonly kind: "raw";
      readonly status?: number;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Takes the request and never answers. */
  | { readonly kind: "silence" }
  /** Breaks the connection without an answer. */
  | { readonly kind: "disconnect" };
