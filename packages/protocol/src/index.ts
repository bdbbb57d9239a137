export { type CloseCode, CLOSE_CODES } from "./close-codes.ts";
export { ERROR_CODES, type ErrorCode, type ErrorShape } from "./errors.ts";
export type { EventFrame, Frame, RequestFrame, ResponseFrame, StateVersion } from "./frames.ts";
export { hasScope, type Role, type Scope, SCOPES } from "./scopes.ts";
export type { EventRow, MethodRow } from "./table.ts";
export { type Dialect, MINIMUM_PROTOCOL_VERSION, negotiateVersion, PROTOCOL_VERSION } from "./version.ts";
export type { Wire } from "./wire.ts";
export {
  type AcceptedOf,
  EVENTS,
  type EventName,
  type EventPayload,
  METHODS,
  type MethodName,
  type ParamsOf,
  type ResultOf,
} from "./table.gen.ts";
// Every shared object; the generated list names them one by one.
export type * from "./entities.gen.ts";
