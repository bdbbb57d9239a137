export { ENTITIES, EVENT_CONTRACTS, HTTP_CONTRACTS, METHOD_CONTRACTS } from "./contracts.gen.ts";
export {
  defineEvent,
  defineHttp,
  defineMethod,
  type EventContract,
  type HttpContract,
  type MethodContract,
} from "./define.ts";
