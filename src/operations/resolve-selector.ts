import { Failure } from '../base/failure.js';
import type { PositionSpec } from '../base/position-spec.js';
import type { Range } from '../base/range.js';
import { uriFromPath } from '../base/relative-uri.js';
import type { BundleCandidate, BundleResolution } from '../bundles/schema/resolution.js';
import { parseSelector, printSelector } from '../selectors/grammar.js';
import { modulePath } from '../selectors/module-paths.js';
import { resolveStructural, type StructuralCandidate } from '../selectors/resolve-structural.js';
import { selectorForDeclaration, selectorForUsage } from '../selectors/selector-for.js';
import { symbolIdOf } from '../selectors/symbol-id.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { refuseOutside } from '../workspace/read-file.js';
import type { Workbench } from './workbench.js';
import type { SourceFile } from './source-files.js';

/** What a selector stands for; `failure` says why it stands for nothing, and the resolution then lists what it could mean. */
export interface SelectorResolution {
  readonly canonical: string;
  readonly resolution: BundleResolution;
  readonly place: { readonly file: SourceFile; readonly range: Range } | null;
  readonly failure: Failure | null;
}

/** Resolves a selector, text or parsed, against the files of a snapshot. Throws E/BAD_SELECTOR_SYNTAX, and E/FS_PERMISSIONS for a path that leaves the workspace. */
export async function resolveSelector(bench: Workbench, snapshot: Snapshot, selector: string | PositionSpec): Promise<SelectorResolution> {
  const spec = typeof selector === 'string' ? parseSelector(selector) : selector;
  const canonical = printSelector(spec);
  const original = typeof selector === 'string' ? selector : canonical;
  for (const path of pathsIn(spec)) refuseOutside(path);
  const paths = new Set(snapshot.files.keys());
  const module = modulePath(spec, paths);
  const lost = (failure: Failure): SelectorResolution => ({ canonical, resolution: resolutionOf(original, null, []), place: null, failure });
  if (module.kind === 'notFound') return lost(new Failure('E/NOT_FOUND', module.reason, { hint: 'assay symbols lists what there is.' }));
  if (module.kind === 'ambiguous') {
    return lost(new Failure('E/AMBIGUOUS', `${canonical} could be in ${module.paths.join(' or ')}`, { hint: 'Name the file: sym://PATH#NAME.', details: { paths: module.paths } }));
  }
  const file = await bench.sources.read(snapshot, module.path);
  refuseOtherVersion(spec, file);
  const found = resolveStructural(spec, { document: file.document, structure: file.structure, indexIo: bench.options.indexUnit });
  if (found.kind === 'notFound') return lost(new Failure('E/NOT_FOUND', `${canonical}: ${found.reason}`, { hint: `assay symbols ${file.path} lists what the file declares.` }));
  const candidates = found.candidates.map((candidate) => bundleCandidate(candidate, file, spec, paths));
  if (found.kind === 'found') return { canonical, resolution: resolutionOf(original, candidates[0] ?? null, candidates), place: { file, range: found.candidates[0].range }, failure: null };
  const failure = new Failure('E/AMBIGUOUS', `${canonical} stands for ${String(candidates.length)} places`, { hint: 'Use one of the selectors of resolution.candidates.' });
  return { canonical, resolution: resolutionOf(original, null, candidates), place: null, failure };
}


function resolutionOf(original: string, top: BundleCandidate | null, candidates: readonly BundleCandidate[]): BundleResolution {
  const resolved = top === null ? null : { uri: top.uri, range: top.range, ...(top.symbolId === undefined ? {} : { symbolId: top.symbolId }) };
  return { original, resolved, alphaConf: top === null ? 0 : top.score, candidates: [...candidates], weights: {} };
}

function bundleCandidate({ range, declaration }: StructuralCandidate, file: SourceFile, spec: PositionSpec, paths: ReadonlySet<string>): BundleCandidate {
  const named = declaration !== null && file.structure !== null ? { declaration, structure: file.structure } : null;
  const isText = spec.kind === 'cursor' || spec.kind === 'range';
  return {
    uri: uriFromPath(file.path),
    range,
    selector: named === null ? selectorForUsage(file.path, range, file.document, file.digest) : selectorForDeclaration(file.path, named.declaration, named.structure, paths),
    ...(named === null ? {} : { symbolId: symbolIdOf(named.declaration, named.structure) }),
    score: 1,
    features: {},
    how: isText || spec.kind === 'anchor' ? 'exact' : 'structural',
    evidence: [named === null ? 'The selector names this text.' : `The file declares ${named.declaration.qualname.join('.') || 'this module'} here.`],
  };
}

function refuseOtherVersion(spec: PositionSpec, file: SourceFile): void {
  const { v } = spec.query;
  if (v === undefined || (v.kind === 'sha256' && v.digest === file.digest)) return;
  throw new Failure('E/NOT_FOUND', `${file.path} is not the version that the selector was made from (${v.kind === 'sha256' ? `sha256:${v.digest}` : `git:${v.rev}`})`, {
    hint: 'This release does not follow a selector across edits yet: make a new one with assay symbols or assay refs.',
  });
}

function pathsIn(spec: PositionSpec): string[] {
  switch (spec.kind) {
    case 'cursor':
    case 'range':
    case 'anchor':
      return [spec.path];
    case 'symbolic':
      return spec.scheme === 'sym' ? [spec.module] : [];
    case 'ast':
      return [spec.root.name];
  }
}
