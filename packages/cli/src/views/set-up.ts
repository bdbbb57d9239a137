import type { SetUpResult } from "../host.ts";
import { type Block, line, toned } from "../output.ts";

/** What a set-up made and what it left alone. */
export function setUpBlocks(result: SetUpResult): readonly Block[] {
  const moved = result.movedTo === undefined ? [] : [line(`Moved what was there to ${result.movedTo}`)];
  if (result.created.length === 0) {
    return [...moved, line(["Everything is there already: ", toned("strong", result.location.configPath)])];
  }
  return [
    ...moved,
    ...result.created.map(({ what, path }) => line([toned("good", "created "), `${what.padEnd(14)} ${path}`])),
    ...result.kept.map((path) => line([toned("dim", "kept    "), `${"".padEnd(14)} ${path}`])),
  ];
}
