#!/usr/bin/env node
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

import { version } from "./version.ts";

// Nothing is imported here that an old Node lacks, so that it gets a sentence and not a stack trace.
const [first, ...rest] = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (rest.length === 0 && (first === "--version" || first === "-V" || first === "-v")) {
  process.stdout.write(`${version}\n`);
} else if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `error: openclaw needs Node 22.19 or newer; this is Node ${process.versions.node}.\n` +
      "fix:   Install a current Node from https://nodejs.org, or with your version manager, and run it again.\n",
  );
  process.exitCode = 1;
} else {
  // In the user's own cache directory: what is read from a shared one would be somebody else's code.
  module.enableCompileCache(join(homedir(), ".cache", "openclaw", "compiled"));
  const { run } = await import("./main.ts");
  await run(process.argv.slice(2));
}
