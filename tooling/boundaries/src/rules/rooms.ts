import { COMMON_FILES, CORRIDORS_FOLDER, HANDLERS_ROOM, ROOMS_PACKAGE, SETTINGS_ROOM } from "../matrix.ts";
import type { Rule, Violation } from "../violation.ts";

const ROOT = `${ROOMS_PACKAGE}/src/`;

/**
 * Rooms never import rooms. A room imports itself, the common files and types of the settings. Handlers, and the files
 * beside the rooms or in the folder of the flows (the corridors), know several; a corridor is seen by handlers as a type, and by rooms not at all.
 */
export const roomImports: Rule = (workspace) => {
  const violations: Violation[] = [];
  for (const file of workspace.files) {
    const room = roomOf(file.path);
    if (room === undefined) continue;
    for (const imported of file.facts.imports) {
      const target = workspace.resolve(file, imported);
      if (target.kind !== "file" || !target.path.startsWith(ROOT)) continue;
      const other = roomOf(target.path);
      const at = { file: file.path, line: imported.line };
      if (other === room) continue;
      if (other === undefined) {
        const name = target.path.slice(ROOT.length);
        if (COMMON_FILES.includes(name) || (room === HANDLERS_ROOM && imported.typeOnly)) continue;
        const remedy = `a room may import ${COMMON_FILES.join(" and ")} only; ${name} is a corridor, which hands a room what it needs`;
        violations.push({ ...at, rule: `room "${room}" imports a corridor`, remedy });
      } else if (room !== HANDLERS_ROOM && !(other === SETTINGS_ROOM && imported.typeOnly)) {
        const remedy =
          other === SETTINGS_ROOM
            ? "a room may import types of the settings only; have the corridor pass the value"
            : "rooms never import rooms; take a function or value that the corridor passes";
        violations.push({ ...at, rule: `room "${room}" imports room "${other}"`, remedy });
      }
    }
  }
  return violations;
};

/** The room that a source file of the rooms package is in; undefined for corridors and for files elsewhere. */
function roomOf(path: string): string | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  const [room, ...rest] = path.slice(ROOT.length).split("/");
  return rest.length === 0 || room === CORRIDORS_FOLDER ? undefined : room;
}
