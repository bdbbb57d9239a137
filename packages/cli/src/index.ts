export type { Command, CommandContext, Example } from "./command.ts";
export { isProfileName } from "./command-line/globals.ts";
export { CliError } from "./errors.ts";
export { EXIT, type ExitKind } from "./exit-codes.ts";
export type {
  BindMode,
  ConfigFile,
  Credential,
  GatewayLocation,
  Host,
  ListeningAddress,
  OutputStream,
  ProfileSelection,
  RunGatewayOptions,
  RunOutcome,
  SetUpOptions,
  SetUpResult,
} from "./host.ts";
export { main } from "./main.ts";
