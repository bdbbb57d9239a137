import type { SetUpResult } from "../host.ts";
import { type Block, line, toned } from "../output.ts";

/** What a set-up made and what it left alone. */
export function setUpBlocks({ created, kept, notes, movedTo, location }: SetUpResult): readonly Block[] {
  const summary =
    created.length === 0
      ? [line(["Everything is there already: ", toned("strong", location.configPath)])]
      : [
          ...created.map(({ what, path }) => line([toned("good", "created "), `${what.padEnd(14)} ${path}`])),
          ...kept.map((path) => line([toned("dim", "kept    "), `${"".padEnd(14)} ${path}`])),
        ];
  return [
    ...(movedTo === undefined ? [] : [line(`Moved what was there to ${movedTo}`)]),
    ...summary,
    ...notes.map((note) => line([toned("warn", "! "), note])),
  ];
}
