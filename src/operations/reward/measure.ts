import type { Diagnostic } from '../../base/location.js';
import { fileDiagnostics } from '../../lsp/diagnostics.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { ShadowLab } from './shadow-lab.js';

/** What the servers said of the files of one tree: diagnostics by path, or that a file is outside every project. */
export type Measurement = ReadonlyMap<string, readonly Diagnostic[] | 'excluded'>;

/**
 * Asks each file's server about it, one after the other in sorted order: the text of inferred types depends on the order of
 * questions. The lab must show the tree that `paths` are of. Throws when a server fails: unknown is never empty.
 */
export async function measure(lab: ShadowLab, specOf: (path: string) => ServerSpec | null, paths: Iterable<string>): Promise<Measurement> {
  const measured = new Map<string, readonly Diagnostic[] | 'excluded'>();
  for (const path of [...new Set(paths)].sort()) {
    const spec = specOf(path);
    if (spec === null) continue;
    const answer = await fileDiagnostics(await lab.analysis.session(spec), path);
    measured.set(path, answer.kind === 'excluded' ? 'excluded' : answer.diagnostics);
  }
  return measured;
}
