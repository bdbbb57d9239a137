import { expect, test } from "vitest";

import * as compliance from "../src/compliance.ts";
import * as contract from "../src/index.ts";
import * as memory from "../src/memory.ts";

test("the entry points export these names and no others", () => {
  expect({
    ".": Object.keys(contract).sort(),
    "./memory": Object.keys(memory).sort(),
    "./compliance": Object.keys(compliance).sort(),
  }).toEqual({
    ".": ["ChannelError", "badness", "defineChannel", "isIdempotentContent", "isTerminalState", "joinSignals"],
    "./memory": ["MemoryChannel", "MemoryPlatform", "createMemoryChannel", "memoryConfigSchema"],
    "./compliance": ["RecordingHost", "RecordingStorage", "describeChannelCompliance"],
  });
});
