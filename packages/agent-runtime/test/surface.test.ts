import { expect, test } from "vitest";

import * as surface from "../src/index.ts";

test("the package exports these names at run time and no others", () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    "MODEL_ENVIRONMENT_KEYS",
    "builtInTools",
    "createAgentRuntime",
    "execTool",
    "mcpServers",
    "webFetchTool",
  ]);
});
