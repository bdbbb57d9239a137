// Checks who imports whom, and the shape of packages and files, in the whole repository.
//
//   node --conditions=@openclaw/source tooling/boundaries/src/main.ts
import { fileURLToPath } from "node:url";

import { checkWorkspace } from "./check.ts";
import { describeViolation } from "./violation.ts";

/** Fewer modules than this mean that the check looked in the wrong place, and so proved nothing. */
const FEWEST_MODULES = 300;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { packages, modules, violations } = checkWorkspace(root);
for (const violation of violations) process.stderr.write(`${describeViolation(violation)}\n`);
if (modules < FEWEST_MODULES) {
  process.stderr.write(
    `Only ${modules} modules were found, fewer than ${FEWEST_MODULES}; the check can not be trusted.\n`,
  );
}
process.stdout.write(`${modules} modules in ${packages} packages: ${violations.length} violations.\n`);
process.exitCode = violations.length > 0 || modules < FEWEST_MODULES ? 1 : 0;
