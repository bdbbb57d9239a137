import { DEVELOPER_PLACES, ENVIRONMENT_PLACES, EXIT_PLACES, VENDOR_PLACES } from "../matrix.ts";
import type { Rule, Violation } from "../violation.ts";

/** What only certain files may touch: some libraries, the environment, the end of the process. */
export const placesOfUse: Rule = (workspace) => {
  const violations: Violation[] = [];
  for (const file of workspace.files) {
    for (const imported of file.facts.imports) {
      const at = { file: file.path, line: imported.line };
      if (imported.specifier === "zod" && !imported.typeOnly && !imported.names.every((name) => name === "*")) {
        const remedy = 'write import * as z from "zod"; the named one quadruples the bundle and the start-up time';
        violations.push({ ...at, rule: "zod imported by name", remedy });
      }
      const target = workspace.resolve(file, imported);
      const name = target.kind === "library" || target.kind === "builtin" ? target.name : "";
      const places = VENDOR_PLACES[name];
      if (places !== undefined && file.kind === "source" && !isWithin(file.path, places)) {
        violations.push({
          ...at,
          rule: `${name} imported outside its place`,
          remedy: `only ${places.join(", ")} may import it`,
        });
      }
      if (
        /^(?:node:)?process$/.test(imported.specifier) &&
        file.kind === "source" &&
        !isWithin(file.path, DEVELOPER_PLACES)
      ) {
        violations.push({
          ...at,
          rule: "process imported",
          remedy: "use the global process, so that its uses can be found",
        });
      }
    }
    if (file.kind !== "source" || isWithin(file.path, DEVELOPER_PLACES)) continue;
    if (!isWithin(file.path, ENVIRONMENT_PLACES)) {
      const remedy = `only ${ENVIRONMENT_PLACES.join(", ")} reads the environment; take the value as a parameter`;
      violations.push(
        ...file.facts.environmentLines.map((line) => ({
          file: file.path,
          line,
          rule: "process.env read outside its place",
          remedy,
        })),
      );
    }
    if (!isWithin(file.path, EXIT_PLACES)) {
      const remedy = `only ${EXIT_PLACES.join(", ")} may end the process; throw, or return an exit code`;
      violations.push(
        ...file.facts.exitLines.map((line) => ({
          file: file.path,
          line,
          rule: "process.exit outside its place",
          remedy,
        })),
      );
    }
  }
  return violations;
};

function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || (place.endsWith("/") && path.startsWith(place)));
}
