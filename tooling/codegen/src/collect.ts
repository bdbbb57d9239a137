import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { EventContract, HttpContract, MethodContract } from "@openclaw/protocol/contracts";
import * as z from "zod";

import { byName, camelCase, eventExport, pascalCase } from "./names.ts";

export interface CollectedMethod {
  readonly name: string;
  readonly exportName: string;
  readonly contract: MethodContract;
  /** The parameters as the gateway takes them: with those that are accepted and ignored. */
  readonly params: z.ZodType;
}

export interface CollectedEvent {
  readonly name: string;
  readonly exportName: string;
  readonly contract: EventContract;
}

export interface CollectedEntity {
  /** The name of the definition, for example "PresenceEntry". */
  readonly name: string;
  readonly exportName: string;
  readonly file: string;
  readonly schema: z.ZodType;
}

export interface CollectedHttp {
  /** The base name of its file. */
  readonly name: string;
  readonly contract: HttpContract;
}

type Module = Readonly<Record<string, unknown>>;

/** Everything that is written by hand about the wire. */
export interface Catalog {
  readonly methods: readonly CollectedMethod[];
  readonly events: readonly CollectedEvent[];
  readonly entities: readonly CollectedEntity[];
  readonly http: readonly CollectedHttp[];
}

/** Reads every contract of a protocol package. Throws with the file and the rule when one breaks a convention. */
export async function collect(protocolSource: string): Promise<Catalog> {
  const [methods, events, entities, http] = await Promise.all([
    readFolder(join(protocolSource, "methods"), methodOf),
    readFolder(join(protocolSource, "events"), eventOf),
    readFolder(join(protocolSource, "entities"), entitiesOf),
    readFolder(join(protocolSource, "http"), httpOf),
  ]);
  return {
    methods: methods.sort(byName),
    events: events.sort(byName),
    entities: entities.flat().sort(byName),
    http: http.sort(byName),
  };
}

async function readFolder<Item>(folder: string, read: (file: string, module: Module) => Item): Promise<Item[]> {
  const files = await listModules(folder);
  return Promise.all(files.map(async (file) => read(file, await importModule(join(folder, file)))));
}

/** TypeScript files of a folder, without what is generated, sorted. */
export async function listModules(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".ts") && !/\.(gen|d|test)\.ts$/.test(name)).sort();
}

async function importModule(path: string): Promise<Module> {
  const module: unknown = await import(pathToFileURL(path).href);
  return typeof module === "object" ? { ...module } : {};
}

function isMethodContract(value: unknown): value is MethodContract {
  return typeof value === "object" && value !== null && "params" in value && "result" in value;
}

function isEventContract(value: unknown): value is EventContract {
  return typeof value === "object" && value !== null && "payload" in value;
}

/** The contract of a method's file. Throws when the file breaks a convention. */
export function methodOf(file: string, module: Module): CollectedMethod {
  const name = basename(file, ".ts");
  const exportName = camelCase(name);
  const contract = module[exportName];
  if (!isMethodContract(contract)) throw new Error(`methods/${file} must export its contract as "${exportName}".`);
  if (contract.name !== name)
    throw new Error(`methods/${file} names itself "${contract.name}"; the file name decides.`);
  return { name, exportName, contract, params: withIgnoredParams(file, contract) };
}

function withIgnoredParams(file: string, contract: MethodContract): z.ZodType {
  const { params } = contract;
  if (!(params instanceof z.ZodObject) || !(params._zod.def.catchall instanceof z.ZodNever)) {
    throw new Error(`methods/${file}: params must be a z.strictObject.`);
  }
  const keyed = "idempotencyKey" in params.shape;
  if (keyed !== (contract.idempotency === "key")) {
    throw new Error(`methods/${file}: idempotency is "key" exactly when params has an idempotencyKey.`);
  }
  const ignored = contract.ignoredParams ?? [];
  const clash = ignored.find((key) => key in params.shape);
  if (clash) throw new Error(`methods/${file}: "${clash}" is a parameter, so it can not be ignored as well.`);
  if (ignored.length === 0) return params;
  return params.extend(Object.fromEntries(ignored.map((key) => [key, z.unknown().optional().describe("Ignored.")])));
}

/** The contract of an event's file. Throws when the file breaks a convention. */
export function eventOf(file: string, module: Module): CollectedEvent {
  const name = basename(file, ".ts");
  const exportName = eventExport(name);
  const contract = module[exportName];
  if (!isEventContract(contract)) throw new Error(`events/${file} must export its contract as "${exportName}".`);
  if (contract.name !== name) throw new Error(`events/${file} names itself "${contract.name}"; the file name decides.`);
  return { name, exportName, contract };
}

function isHttpContract(value: unknown): value is HttpContract {
  return typeof value === "object" && value !== null && "path" in value && "answers" in value;
}

/** The contract of an HTTP resource's file. Throws when the file breaks a convention. */
export function httpOf(file: string, module: Module): CollectedHttp {
  const name = basename(file, ".ts");
  const exportName = camelCase(name);
  const contract = module[exportName];
  if (!isHttpContract(contract)) throw new Error(`http/${file} must export its contract as "${exportName}".`);
  return { name, contract };
}

/** The shared objects of a file: its schemas that have an id. Throws when an id is not the name of its export. */
export function entitiesOf(file: string, module: Module): CollectedEntity[] {
  return Object.entries(module).flatMap(([exportName, schema]) => {
    if (!(schema instanceof z.ZodType)) return [];
    const name = z.globalRegistry.get(schema)?.id;
    if (name === undefined) return [];
    if (name !== pascalCase(exportName)) {
      throw new Error(`entities/${file}: "${exportName}" has the id "${name}"; expected "${pascalCase(exportName)}".`);
    }
    return [{ name, exportName, file, schema }];
  });
}
