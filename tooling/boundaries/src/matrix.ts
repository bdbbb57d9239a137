/** Who may import whom, what files are called and how long they are. Everything that is not allowed here is an error. */

/** What the sources of one package may import of the others. A name may be narrowed to some of its entry points. */
export interface PackageRule {
  readonly imports: readonly string[] | "any";
  /** What its tests may import besides, and besides what every test may. */
  readonly testImports?: readonly string[];
}

/** By folder. What is not listed may import no other package. */
export const PACKAGE_RULES: Readonly<Record<string, PackageRule>> = {
  "packages/protocol": { imports: [] },
  "packages/service-installer": { imports: [] },
  "packages/exec-host": { imports: [] },
  "packages/channels-contract": { imports: [] },
  "packages/client": { imports: ["@openclaw/protocol"] },
  "packages/gateway-core": { imports: ["@openclaw/protocol", "@openclaw/channels-contract", "@openclaw/exec-host"] },
  "packages/agent-runtime": { imports: ["@openclaw/gateway-core/ports", "@openclaw/exec-host"] },
  "packages/channels-telegram": { imports: ["@openclaw/channels-contract"] },
  "packages/channels-whatsapp": { imports: ["@openclaw/channels-contract"] },
  "packages/cli": {
    imports: ["@openclaw/protocol", "@openclaw/client", "@openclaw/service-installer", "@openclaw/exec-host"],
  },
  "apps/gateway": { imports: "any" },
  "apps/control-ui": { imports: ["@openclaw/client", "@openclaw/protocol"] },
  "tooling/bench": { imports: "any" },
  "tooling/boundaries": { imports: [] },
  "tooling/codegen": { imports: ["@openclaw/protocol"] },
  "tooling/testkit": { imports: [] },
  "examples/custom-channel": { imports: "any" },
  "examples/embed-gateway": { imports: "any" },
  "examples/watch-events": { imports: "any" },
};

/** What any test may import. */
export const TEST_IMPORTS: readonly string[] = [
  "@openclaw/channels-contract/memory",
  "@openclaw/channels-contract/compliance",
  "@openclaw/testkit",
];

/** The package whose folders are rooms. */
export const ROOMS_PACKAGE = "packages/gateway-core";
/** Files in its source root that every room may import. */
export const COMMON_FILES: readonly string[] = ["ports.ts", "errors.ts"];
/** The folder of corridors that are not beside the rooms: the steps of the walks. */
export const CORRIDORS_FOLDER = "flow";
/** The room whose types every room may import. */
export const SETTINGS_ROOM = "config";
/** The room of handlers, which may know every other room, and of the corridors their types. */
export const HANDLERS_ROOM = "methods";

/** A library that only some sources may import: paths of files, or of folders with a slash at the end. */
export const VENDOR_PLACES: Readonly<Record<string, readonly string[]>> = {
  telegraf: ["packages/channels-telegram/src/client.ts"],
  "@whiskeysockets/baileys": ["packages/channels-whatsapp/src/client.ts"],
  "zod-to-json-schema": ["packages/protocol/src/json-schema.ts"],
  "node:sqlite": ["packages/gateway-core/src/store/"],
};

/** Sources that may read process.env: one in each program. */
export const ENVIRONMENT_PLACES: readonly string[] = ["packages/gateway-core/src/config/env.ts"];
/** Sources that may end the process. */
export const EXIT_PLACES: readonly string[] = ["apps/gateway/src/openclaw.ts", "apps/gateway/src/main.ts"];
/** Where neither of these two matters: these programs are for developers. */
export const DEVELOPER_PLACES: readonly string[] = ["tooling/", "examples/"];

/** Files that every channel has, whatever its platform, so that knowing one is knowing all. */
export const CHANNEL_FILES: readonly string[] = [
  "src/index.ts",
  "src/config.ts",
  "src/channel.ts",
  "src/client.ts",
  "src/inbound.ts",
  "src/outbound.ts",
  "src/format.ts",
  "src/errors.ts",
  "test/compliance.test.ts",
];

/** Words that say nothing of what a file is for. */
export const EMPTY_WORDS: ReadonlySet<string> = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "shared",
  "common",
  "misc",
  "impl",
  "manager",
]);

export const LONGEST_FILE = 400;
export const LONGEST_INDEX = 100;
export const MOST_FILES = 10;
/** Folders with one file for each item of a kind; how many there are is not a matter of order. */
export const ITEM_FOLDERS: ReadonlySet<string> = new Set([
  "methods",
  "events",
  "entities",
  "commands",
  "catalog",
  "migrations",
  "schema",
]);
