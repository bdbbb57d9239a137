import { expect, test } from "vitest";

import * as execHost from "../src/index.ts";

test("the entry point exports these names and no others", () => {
  expect(Object.keys(execHost).sort()).toMatchInlineSnapshot(`
    [
      "ApprovalsFileError",
      "ApprovalsStore",
      "CommandError",
      "EMPTY_APPROVALS",
      "Gatekeeper",
      "SAFE_PROGRAMS",
      "allowlistOf",
      "decide",
      "displayCommand",
      "displayWords",
      "examine",
      "filterOverrides",
      "findProgram",
      "matchesProgram",
      "parseApprovals",
      "parseShellLine",
      "pathDirectories",
      "policyFor",
      "programEnvironment",
      "rulesOf",
      "runProgram",
      "shellLineOf",
      "visibleText",
      "withEntry",
      "withoutEntry",
      "withoutSecrets",
    ]
  `);
});
