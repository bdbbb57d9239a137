import { appendFileSync } from "node:fs";

import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

import { createTestServer } from "./test-server.ts";

// Run by the tests as an MCP server of its own. The first argument is a file that keeps one line for each start.
const [, , journal] = process.argv;
if (journal !== undefined) appendFileSync(journal, "started\n");
await createTestServer().connect(new StdioServerTransport());
