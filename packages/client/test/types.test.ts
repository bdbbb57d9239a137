import type { AcceptedOf, EventFrame, EventPayload, ResultOf } from "@openclaw/protocol";
import { expectTypeOf, it } from "vitest";

import type { ClientError, GatewayClient, ReceivedEvent } from "../src/index.ts";

// The compiler checks these; nothing runs.
declare const client: GatewayClient;

it("a request is typed by the contract of its method", () => {
  const health = () => client.request("health", {});
  expectTypeOf<Awaited<ReturnType<typeof health>>>().toEqualTypeOf<ResultOf<"health">>();

  const agent = () =>
    client.request(
      "agent",
      { message: "hi", idempotencyKey: "k" },
      { onAccepted: (accepted) => expectTypeOf(accepted).toEqualTypeOf<AcceptedOf<"agent">>() },
    );
  expectTypeOf<Awaited<ReturnType<typeof agent>>["runId"]>().toEqualTypeOf<string>();

  // @ts-expect-error The key is required.
  const withoutKey = () => client.request("agent", { message: "hi" });
  // @ts-expect-error No such method.
  const unknown = () => client.request("helth", {});
  expectTypeOf(withoutKey).toBeFunction();
  expectTypeOf(unknown).toBeFunction();
});

it("listeners and readers are typed by the contract of their event", () => {
  const listen = () =>
    client.on("chat", (payload, frame) => {
      expectTypeOf(payload).toEqualTypeOf<EventPayload<"chat">>();
      expectTypeOf(frame).toEqualTypeOf<EventFrame>();
    });
  const listenLocally = () =>
    client.on("refreshed", (notice) => {
      if (!notice.ok) expectTypeOf(notice.error).toEqualTypeOf<ClientError>();
    });
  const narrow = (event: ReceivedEvent) => {
    if (event.type === "event" && event.event === "agent") {
      expectTypeOf(event.payload).toEqualTypeOf<EventPayload<"agent">>();
    }
    if (event.type === "local" && event.event === "overflow") {
      expectTypeOf(event.payload.dropped).toEqualTypeOf<number>();
    }
  };
  expectTypeOf(listen).returns.toEqualTypeOf<Disposable>();
  expectTypeOf(listenLocally).returns.toEqualTypeOf<Disposable>();
  expectTypeOf(narrow).toBeFunction();
});
