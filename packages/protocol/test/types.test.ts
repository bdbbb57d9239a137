import { describe, expectTypeOf, test } from "vitest";

import type * as z from "zod";

import type { ENTITIES } from "../src/contracts.ts";
import type {
  AcceptedOf,
  ErrorCode,
  ErrorShape,
  EventFrame,
  EventName,
  EventPayload,
  HealthSnapshot,
  MethodName,
  ParamsOf,
  PresenceEntry,
  RequestFrame,
  ResponseFrame,
  ResultOf,
} from "../src/index.ts";
import type { Wire } from "../src/wire.ts";

type Entity<Name extends keyof typeof ENTITIES> = Wire<z.output<(typeof ENTITIES)[Name]>>;

// Checked by the compiler; at run time these tests only show that the file was read.
describe("types", () => {
  test("connect is not a method that can be called", () => {
    expectTypeOf<"chat.send">().toExtend<MethodName>();
    expectTypeOf<"connect">().not.toExtend<MethodName>();
    expectTypeOf<"tick">().toExtend<EventName>();
  });

  test("params, results and payloads follow the contracts", () => {
    expectTypeOf<{ sessionKey: string; message: string; idempotencyKey: string }>().toExtend<ParamsOf<"chat.send">>();
    expectTypeOf<{ sessionKey: string; message: string }>().not.toExtend<ParamsOf<"chat.send">>();
    expectTypeOf<ResultOf<"health">>().toEqualTypeOf<HealthSnapshot>();
    expectTypeOf<EventPayload<"health">>().toEqualTypeOf<HealthSnapshot>();
    expectTypeOf<ResultOf<"system-presence">>().toEqualTypeOf<readonly PresenceEntry[]>();
    expectTypeOf<EventPayload<"chat">["state"]>().toEqualTypeOf<"status" | "delta" | "final" | "aborted" | "error">();
  });

  test("only agent has a first answer", () => {
    expectTypeOf<AcceptedOf<"agent">["status"]>().toEqualTypeOf<"accepted">();
    expectTypeOf<AcceptedOf<"health">>().toBeNever();
  });

  test("an optional field may be set to undefined, and lists may be read-only", () => {
    expectTypeOf<{ limit: number | undefined }>().toExtend<ParamsOf<"logs.tail">>();
    expectTypeOf<{ models: readonly { id: string; name: string; provider: string }[] }>().toExtend<
      ResultOf<"models.list">
    >();
  });

  test("the frames of the schema are the frames of the code", () => {
    expectTypeOf<Entity<"ErrorCode">>().toEqualTypeOf<ErrorCode>();
    expectTypeOf<ErrorShape>().toExtend<Entity<"ErrorShape">>();
    expectTypeOf<RequestFrame>().toExtend<Entity<"RequestFrame">>();
    expectTypeOf<ResponseFrame>().toExtend<Entity<"ResponseFrame">>();
    expectTypeOf<EventFrame>().toExtend<Entity<"EventFrame">>();
    expectTypeOf<keyof Entity<"EventFrame">>().toEqualTypeOf<keyof EventFrame>();
    expectTypeOf<keyof Entity<"ResponseFrame">>().toEqualTypeOf<keyof ResponseFrame>();
  });
});
