import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './program.ts';

/** Files and what each imports, for types or for values; paths from the root of the project, modules of others by their names. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** `from './x.ts'` of imports and exports, `import './x.ts'`, and `import('./x.ts')`. */
const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'([^'\s]+)'/g;

/** What every TypeScript file below some folders imports: files of the project by their paths, all else as it is named there. */
export function readImports(folders: readonly string[]): ImportGraph {
  const graph = new Map<string, readonly string[]>();
  for (const folder of folders)
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const path = join(folder, name);
      const text = readFileSync(join(ROOT, path), 'utf8');
      const imported = importsOf(text).map((specifier) =>
        specifier.startsWith('.') ? toSlashes(join(dirname(path), specifier)) : specifier,
      );
      graph.set(toSlashes(path), imported);
    }
  return graph;
}

/** The specifiers in a text, each once. */
export function importsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(SPECIFIER)].flatMap(([, specifier]) => specifier ?? []))];
}

function toSlashes(path: string): string {
  return relative('.', path).replaceAll('\\', '/');
}

/** The circles of a graph: files each of which leads to all others of the circle (Tarjan's algorithm, without recursion). */
export function circlesOf(graph: ImportGraph): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const circles: string[][] = [];
  const enter = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    path.push(node);
    onPath.add(node);
  };
  const lower = (node: string, to: number | undefined): void => {
    low.set(node, Math.min(low.get(node) ?? 0, to ?? Infinity));
  };
  for (const root of graph.keys()) {
    if (order.has(root)) continue;
    enter(root);
    const work: { node: string; next: number }[] = [{ node: root, next: 0 }];
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const child = graph.get(top.node)?.[top.next++];
      if (child === undefined) {
        work.pop();
        const parent = work.at(-1);
        if (parent !== undefined) lower(parent.node, low.get(top.node));
        if (low.get(top.node) !== order.get(top.node)) continue;
        const circle = path.splice(path.indexOf(top.node));
        for (const node of circle) onPath.delete(node);
        if (circle.length > 1) circles.push(circle);
      } else if (!graph.has(child)) continue;
      else if (!order.has(child)) {
        enter(child);
        work.push({ node: child, next: 0 });
      } else if (onPath.has(child)) lower(top.node, order.get(child));
    }
  }
  return circles;
}
