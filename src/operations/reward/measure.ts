import { Failure } from '../../base/failure.js';
import { fileDiagnostics } from '../../lsp/diagnostics.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { Focus } from '../../reward/focus.js';
import type { FileMeasurement, Measurement } from './base-state.js';
import type { ShadowLab } from './shadow-lab.js';
import type { SpecOf } from './step-files.js';

/**
 * Asks each file's server about it, one after the other in sorted order: the text of inferred types depends on the order of
 * questions. The lab must show the tree that `paths` are of. Of a file with a focus only that is checked. Throws when a server fails: unknown is never empty.
 */
export async function measure(lab: ShadowLab, specOf: SpecOf, paths: readonly string[], focuses: ReadonlyMap<string, Focus> = NO_FOCUS): Promise<Measurement> {
  const measured = new Map<string, FileMeasurement>();
  await lab.analysis.readAnew(paths, specOf);
  for (const path of [...new Set(paths)].sort()) {
    const spec = specOf(path);
    if (spec === null) continue;
    const answer = await lab.analysis.ask(spec, (session) => fileDiagnostics(session, path));
    if (answer.kind === 'incomplete') throw unsettled(path, answer.reason, spec);
    if (answer.kind === 'measured') lab.includes(spec, path);
    measured.set(path, answer.kind === 'excluded' ? 'excluded' : (focuses.get(path)?.complete(answer.diagnostics) ?? answer.diagnostics));
  }
  return measured;
}

const NO_FOCUS: ReadonlyMap<string, Focus> = new Map();

/** A reward compares what was said about two contents; a server that does not say which one it means cannot be asked for it. */
function unsettled(path: string, reason: string, { id }: ServerSpec): Failure {
  return new Failure('E/UNSUPPORTED_CAP', `the diagnostics of ${path} are incomplete: ${reason}`, { hint: 'Another server may say so: --server ID, or "use" in assay.json.', details: { path, server: id } });
}
