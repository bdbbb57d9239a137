/**
 * Prints what happens on a gateway, one line per event, and stays through its restarts.
 *
 *   OPENCLAW_GATEWAY_TOKEN=… node --conditions=@openclaw/source src/main.ts ws://127.0.0.1:18789
 *
 * Ctrl+C ends it.
 */
import type { EventPayload } from "@openclaw/protocol";
import { ClientError, GatewayClient, type ReceivedEvent } from "@openclaw/client";

const [url = "ws://127.0.0.1:18789"] = process.argv.slice(2);
const token = process.env["OPENCLAW_GATEWAY_TOKEN"];

type Content = NonNullable<EventPayload<"chat">["message"]>["content"];

function textOf(content: Content | undefined): string | undefined {
  return typeof content === "object" ? content.map(({ text = "" }) => text).join("") : content;
}

/** One line for an event; undefined for those that would only make noise. */
function describe(event: ReceivedEvent): string | undefined {
  if (event.type === "local") {
    // What the client itself has to say: the gateway does not repeat events, but nobody misses any unknowingly.
    if (event.event === "gap") return `events may be missing (${event.payload.cause})`;
    return event.event === "overflow" ? `${event.payload.dropped} events came faster than they were read` : undefined;
  }
  switch (event.event) {
    case "tick":
      return undefined;
    case "chat": {
      const { sessionKey, state, message, errorMessage } = event.payload;
      if (state === "delta" || state === "status") return undefined;
      return `${sessionKey}: ${state} ${textOf(message?.content) ?? errorMessage ?? ""}`.trimEnd();
    }
    case "shutdown":
      return `gateway is going down: ${event.payload.reason}`;
    default:
      return event.event;
  }
}

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());
process.once("SIGTERM", () => stopping.abort());

try {
  await using client = await GatewayClient.connect(
    {
      url,
      ...(token === undefined ? {} : { token }),
      client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: process.platform },
      scopes: ["operator.read"],
    },
    stopping.signal,
  );
  const events = client.events(stopping.signal);
  console.log(`connected to ${url}, protocol ${client.hello.protocol}`);
  for await (const event of events) {
    const line = describe(event);
    if (line !== undefined) console.log(line);
  }
} catch (error) {
  if (!stopping.signal.aborted) {
    if (!(error instanceof ClientError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
