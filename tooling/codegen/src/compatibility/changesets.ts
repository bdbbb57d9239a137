import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Whether a changeset that is not released yet announces a major version of the package. */
export async function announcesMajor(folder: string, packageName: string): Promise<boolean> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".md"));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  return texts.some((text) => frontMatter(text).some((line) => isMajor(line, packageName)));
}

/** The lines between the first two rulers. */
function frontMatter(text: string): string[] {
  const [, matter = ""] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text) ?? [];
  return matter.split(/\r?\n/);
}

function isMajor(line: string, packageName: string): boolean {
  const [name = "", kind = ""] = line.split(":").map((part) => part.trim().replaceAll(/["']/g, ""));
  return name === packageName && kind === "major";
}
