import { accountMethods } from "./account.ts";
import type { Method } from "./context.ts";
import { mediaMethods } from "./media.ts";
import { messageMethods } from "./messages.ts";

const byLowerCaseName: ReadonlyMap<string, Method> = new Map(
  Object.entries({ ...accountMethods, ...messageMethods, ...mediaMethods }).map(([name, method]) => [
    name.toLowerCase(),
    method,
  ]),
);

/** The method of that name, in any case, as the server takes it. `getUpdates` is not here: it holds the connection. */
export function findMethod(name: string): Method | undefined {
  return byLowerCaseName.get(name.toLowerCase());
}
