import * as z from "zod";

import { identifier, words } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.16. */
export const deviceScopesRequestUpgrade = defineMethod({
  name: "device.scopes.requestUpgrade",
  summary: "A paired device asks for more scopes. Somebody who has them must approve; then it connects again.",
  roles: ["operator"],
  scope: null,
  params: z.strictObject({ scopes: words }),
  result: z.object({ requestId: identifier }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { scopes: ["operator.admin"] },
    result: { requestId: "64d69424-7b66-4655-9a44-a1fc03c13a09" },
  },
});
