import type { MethodName } from "@openclaw/protocol";

/** Methods of the contract that this gateway does not serve: a call is answered like one of an unknown method. */
export const UNSERVED = [] as const satisfies readonly MethodName[];
