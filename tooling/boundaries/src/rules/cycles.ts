import type { Rule, Violation } from "../violation.ts";
import type { SourceFile, Workspace } from "../workspace.ts";

interface Edge {
  readonly to: string;
  readonly line: number;
}

/** No module imports itself through others, not even for types only. Each knot is told once, by its shortest circle. */
export const noCycles: Rule = (workspace) => {
  const graph = new Map(workspace.files.map((file) => [file.path, edgesOf(workspace, file)]));
  const violations: Violation[] = [];
  for (const knot of knotsOf(graph)) {
    const first = [...knot].toSorted()[0] ?? "";
    const circle = shortestCircle(graph, first, knot);
    const line = graph.get(first)?.find((edge) => edge.to === circle[1])?.line ?? 1;
    violations.push({
      file: first,
      line,
      rule: `import cycle of ${knot.size} files`,
      remedy: `${circle.join(" → ")}; move what both sides need into a file that imports neither`,
    });
  }
  return violations;
};

function edgesOf(workspace: Workspace, file: SourceFile): readonly Edge[] {
  return file.facts.imports.flatMap((imported) => {
    const target = workspace.resolve(file, imported);
    const path = target.kind === "file" || target.kind === "workspace" ? target.path : undefined;
    return path === undefined ? [] : [{ to: path, line: imported.line }];
  });
}

/** Groups of files that all reach each other (Tarjan's strongly connected components, of more than one file or with a loop). */
function knotsOf(graph: ReadonlyMap<string, readonly Edge[]>): readonly ReadonlySet<string>[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const knots: ReadonlySet<string>[] = [];
  const visit = (node: string): void => {
    const number = order.size;
    order.set(node, number);
    lowest.set(node, number);
    stack.push(node);
    onStack.add(node);
    for (const { to } of graph.get(node) ?? []) {
      if (!order.has(to)) visit(to);
      if (onStack.has(to)) lowest.set(node, Math.min(lowest.get(node) ?? number, lowest.get(to) ?? number));
    }
    if (lowest.get(node) !== number) return;
    const knot = new Set(stack.splice(stack.indexOf(node)));
    for (const member of knot) onStack.delete(member);
    const isLoop = (graph.get(node) ?? []).some((edge) => edge.to === node);
    if (knot.size > 1 || isLoop) knots.push(knot);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return knots;
}

/** From a file back to itself on the shortest way. */
function shortestCircle(
  graph: ReadonlyMap<string, readonly Edge[]>,
  start: string,
  knot: ReadonlySet<string>,
): readonly string[] {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const { to } of graph.get(way.at(-1) ?? start) ?? []) {
      if (to === start) return [...way, start];
      if (!knot.has(to) || seen.has(to)) continue;
      seen.add(to);
      ways.push([...way, to]);
    }
  }
  return [start];
}
