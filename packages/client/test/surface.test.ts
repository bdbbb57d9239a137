import { expect, it } from "vitest";

import manifest from "../package.json" with { type: "json" };
import * as client from "../src/index.ts";

it("the package exports these names and entry points, and no others", () => {
  expect(Object.keys(client).sort()).toEqual(["ClientError", "GatewayClient", "exponentialBackoff", "openDevice"]);
  expect(Object.keys(manifest.exports)).toEqual([".", "./node", "./package.json"]);
  expect(Object.keys(manifest.dependencies)).toEqual(["@openclaw/protocol", "ws"]);
});
