import { startOf, type Position } from '../../base/range.js';
import type { Declaration } from '../../base/declaration.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import { knows } from '../../lsp/registry.js';
import { parseTokens } from '../../selectors/structure.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import type { SourceFile, SourceFiles } from '../source-files.js';

/** A declaration that only one file can mean, and the places elsewhere where its name stands. */
export interface ProbeTarget {
  readonly path: string;
  readonly declaration: Declaration;
  readonly uses: readonly { readonly path: string; readonly position: Position }[];
}

const FILES_MAX = 1000;
const BYTES_MAX = 512 * 1024;
const TARGETS_MAX = 6;
const USES_MAX = 8;
const NAME_MIN = 4;
const KINDS: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'type', 'function']);

/**
 * Returns declarations of the workspace to probe a server of `spec` with: top-level ones whose name is declared once, and stands in
 * other files too; the longest names first, because they are the least likely to mean something else. The same workspace gives the same ones.
 */
export async function probeTargets(sources: SourceFiles, snapshot: Snapshot, spec: ServerSpec): Promise<ProbeTarget[]> {
  const paths = [...snapshot.files].filter(([path, { size, mode }]) => knows(spec, path) && size <= BYTES_MAX && mode !== 'symlink').map(([path]) => path);
  const files: SourceFile[] = [];
  for (const path of paths.slice(0, FILES_MAX)) files.push(await sources.read(snapshot, path));
  // An import is a use.
  const declared = countsOf(files.flatMap(({ structure }) => (structure?.declarations ?? []).filter(({ kind }) => kind !== 'import').map(({ name }) => name)));
  const names = new Set([...declared].filter(([name, count]) => count === 1 && name.length >= NAME_MIN).map(([name]) => name));
  const places = await placesByName(files, names);
  const targets = files.flatMap(({ path, structure }) =>
    (structure?.declarations ?? [])
      .filter(({ kind, name, qualname }) => KINDS.has(kind) && qualname.length === 1 && names.has(name))
      .map((declaration): ProbeTarget => ({ path, declaration, uses: (places.get(declaration.name) ?? []).filter((place) => place.path !== path) })),
  );
  return targets
    .filter(({ uses }) => uses.length > 0)
    .sort((a, b) => Number(filesOf(b) > 1) - Number(filesOf(a) > 1) || b.declaration.name.length - a.declaration.name.length || (a.path + a.declaration.name < b.path + b.declaration.name ? -1 : 1))
    .slice(0, TARGETS_MAX)
    .map((target) => ({ ...target, uses: spread(target.uses) }));
}

function filesOf({ uses }: ProbeTarget): number {
  return new Set(uses.map(({ path }) => path)).size;
}

/** The first use of each file, then others, up to USES_MAX. */
function spread(uses: ProbeTarget['uses']): ProbeTarget['uses'] {
  const seen = new Set<string>();
  const first = uses.filter(({ path }) => !seen.has(path) && seen.add(path));
  return [...first, ...uses.filter((use) => !first.includes(use))].slice(0, USES_MAX);
}

/** Where a name stands as code: not in a comment, not in a string. */
async function placesByName(files: readonly SourceFile[], wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, { path: string; position: Position }[]>> {
  const places = new Map<string, { path: string; position: Position }[]>();
  for (const { path, document } of files) {
    const { tokens } = (await parseTokens(path, document.text)) ?? { tokens: [] };
    for (const { text, range } of tokens) {
      if (wanted.has(text)) places.set(text, [...(places.get(text) ?? []), { path, position: startOf(range) }]);
    }
  }
  return places;
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
