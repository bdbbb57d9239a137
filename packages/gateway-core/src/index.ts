export { type LocalConfig, type LocalConfigOptions, openLocalConfig } from "./config/edit/local-config.ts";
export { ConfigError, type ConfigIssue } from "./config/errors.ts";
export type { Environment } from "./config/env.ts";
export {
  type ConfigRuntime,
  type FixedConfigOptions,
  fixedConfig,
  type LoadOptions,
  loadConfigRuntime,
} from "./config/runtime.ts";
export type { GatewayConfig, GatewayConfigInput } from "./config/schema.ts";
export { FatalError, GatewayError, type GatewayErrorOptions } from "./errors.ts";
export { createEgress, type EgressOptions } from "./egress/egress.ts";
export { EventBus, type PublishedEvent } from "./events/bus.ts";
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export { createLogger, type Logging, type LoggingOptions } from "./logging/logger.ts";
export { openLog, type OpenLogOptions } from "./logging/open-log.ts";
export type { CallContext, Caller, Services } from "./methods/define.ts";
export type { HttpContext, HttpMethod, HttpReply, HttpRequest, HttpRoute } from "./net/http-route.ts";
export { SqliteStore } from "./store/sqlite.ts";
export type { ExtraMethod } from "./request-flow.ts";
export {
  type AcceptedAnswer,
  type Agent,
  AgentError,
  type AgentErrorReason,
  type AgentModel,
  type AgentTurn,
  type BoundTool,
  type Clock,
  type Ids,
  type JsonSchema,
  type LogFields,
  type Logger,
  type LogLevel,
  type SqlExecutor,
  type SqlRow,
  type SqlValue,
  type Store,
  type Timer,
  type TokenUsage,
  type Tool,
  type ToolContext,
  type ToolResult,
  type ToolSource,
  type TranscriptBlock,
  type TranscriptMessage,
  type TurnPart,
  type Egress,
  type EgressLimits,
  type EgressResponse,
} from "./ports.ts";
export type { ListenOptions } from "./config/listen.ts";
export { systemClock, systemIds } from "./host/system.ts";
