import { expect, it } from "vitest";

import * as surface from "../src/index.ts";

it("exports these names at run time and no others", () => {
  expect(Object.keys(surface).sort()).toEqual(["CliError", "EXIT", "isProfileName", "main"]);
});

it("keeps the meaning of the exit codes that scripts rely on", () => {
  expect(surface.EXIT).toEqual({
    ok: 0,
    failure: 1,
    usage: 2,
    unreachable: 3,
    refused: 4,
    timeout: 5,
    misconfigured: 78,
    interrupted: 130,
  });
});
