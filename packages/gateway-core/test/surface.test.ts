import { expect, it } from "vitest";

import * as config from "@openclaw/gateway-core/config";
import * as main from "@openclaw/gateway-core";
import * as ports from "@openclaw/gateway-core/ports";

it("pins what the package exports at run time", () => {
  expect(Object.keys(main).sort()).toEqual([
    "AgentError",
    "ConfigError",
    "EventBus",
    "FatalError",
    "GatewayError",
    "SqliteStore",
    "createEgress",
    "createGateway",
    "createLogger",
    "fixedConfig",
    "loadConfigRuntime",
    "openLocalConfig",
    "openLog",
    "systemClock",
    "systemIds",
  ]);
  expect(Object.keys(ports).sort()).toEqual(["AgentError", "joinSignals"]);
  expect(Object.keys(config).sort()).toMatchSnapshot();
});
