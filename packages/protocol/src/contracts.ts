export { ENTITIES, EVENT_CONTRACTS, METHOD_CONTRACTS } from "./contracts.gen.ts";
export { defineEvent, defineMethod, type EventContract, type MethodContract } from "./define.ts";
