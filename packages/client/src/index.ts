export { GatewayClient, type RawRequestOptions, type RequestOptions } from "./client.ts";
export type { ConnectionState } from "./connection.ts";
export { type Device, type DeviceStorage, openDevice } from "./device/device.ts";
export { ClientError, type ClientErrorCode, type ClientErrorOptions } from "./errors.ts";
export type { ClientOptions } from "./options.ts";
export { type BackoffOptions, exponentialBackoff, type ReconnectPolicy } from "./reconnect-policy.ts";
export type { GatewayEvent, LocalEvent, LocalEventName, LocalEvents, ReceivedEvent } from "./events/subscriptions.ts";
export type {
  CloseInfo,
  OpenTransport,
  Transport,
  TransportListener,
  TransportOptions,
} from "./transport/transport.ts";
