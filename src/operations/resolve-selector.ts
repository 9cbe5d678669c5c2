import { whenThere, type Awaitable } from '../base/awaitable.js';
import { Failure } from '../base/failure.js';
import type { PositionSpec } from '../base/position-spec.js';
import type { Range } from '../base/range.js';
import { uriFromPath } from '../base/relative-uri.js';
import type { BundleCandidate, BundleResolution } from '../bundles/schema/resolution.js';
import { parseSelector, printSelector } from '../selectors/grammar.js';
import type { Landing } from '../selectors/relocate.js';
import { WEIGHTS } from '../selectors/relocation-score.js';
import { resolveSelector as resolveSpec, type Resolution } from '../selectors/resolve-selector.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { addressOf } from './address-of.js';
import { evidenceSentences } from './resolution-evidence.js';
import { refuseOutsidePaths, SnapshotHistory } from './snapshot-history.js';
import type { SourceFile } from './source-files.js';
import type { Workbench } from './workbench.js';

/** What a selector stands for; `failure` says why it stands for nothing, and the resolution then lists what it could mean. */
export interface SelectorResolution {
  readonly canonical: string;
  readonly resolution: BundleResolution;
  readonly place: { readonly file: SourceFile; readonly range: Range } | null;
  readonly failure: Failure | null;
}

/**
 * Resolves a selector, text or parsed, against the files of a snapshot: from the version that it is pinned to through every change
 * since then, or in the present. Throws E/BAD_SELECTOR_SYNTAX, E/NOT_FOUND for a revision that there is not,
 * E/INDEXING_UNSUPPORTED for a column inside a character, and E/FS_PERMISSIONS for a path that leaves the workspace.
 */
export async function resolveSelector(bench: Workbench, snapshot: Snapshot, selector: string | PositionSpec): Promise<SelectorResolution> {
  const spec = typeof selector === 'string' ? parseSelector(selector) : selector;
  const canonical = printSelector(spec);
  refuseOutsidePaths(spec);
  const { sources } = bench;
  const found = await resolveSpec(spec, new SnapshotHistory(sources, snapshot, spec), sources.cache, { indexIo: bench.options.indexUnit });
  const candidates: BundleCandidate[] = [];
  for (const candidate of found.candidates) {
    const made = bundleCandidate(bench, snapshot, spec, candidate, found.isFollowed);
    candidates.push(made instanceof Promise ? await made : made);
  }
  const failure = failureOf(canonical, spec, found);
  const [top] = found.candidates;
  const resolution: BundleResolution = {
    original: typeof selector === 'string' ? selector : canonical,
    resolved: failure === null ? resolvedOf(candidates[0]) : null,
    alphaConf: found.alphaConf,
    candidates,
    weights: { ...WEIGHTS },
  };
  const place = failure === null && top !== undefined ? { file: await sources.read(snapshot, top.path), range: top.range } : null;
  return { canonical, resolution, place, failure };
}

function resolvedOf(top: BundleCandidate | undefined): BundleResolution['resolved'] {
  return top === undefined ? null : { uri: top.uri, range: top.range, ...(top.symbolId === undefined ? {} : { symbolId: top.symbolId }) };
}

function bundleCandidate(bench: Workbench, snapshot: Snapshot, spec: PositionSpec, candidate: Landing, isFollowed: boolean): Awaitable<BundleCandidate> {
  const { path, range, score, features, evidence } = candidate;
  const role = spec.kind === 'symbolic' ? spec.role : 'def';
  return whenThere(addressOf(bench, snapshot, path, range, role), (address) => ({
    uri: uriFromPath(path),
    range,
    ...address,
    score,
    features: { ...features },
    how: evidence === 'exact' && !isFollowed && candidate.declaration !== null ? 'structural' : evidence,
    evidence: evidenceSentences(spec, candidate, isFollowed),
  }));
}

function failureOf(canonical: string, spec: PositionSpec, found: Resolution): Failure | null {
  switch (found.kind) {
    case 'found':
      return null;
    case 'ambiguous':
      return new Failure('E/AMBIGUOUS', `${canonical} stands for ${String(found.candidates.length)} places`, { hint: 'Use one of the selectors of resolution.candidates.' });
    case 'notFound':
      return new Failure('E/NOT_FOUND', `${canonical}: ${found.reason}`, { hint: hintFor(spec, found) });
  }
}

function hintFor({ query: { v } }: PositionSpec, { candidates }: Resolution): string {
  if (candidates.length > 0) return 'If one of the candidates is meant, use its selector.';
  if (v === undefined) return 'assay symbols PATH lists what a file declares. With ?v=git:REVISION of a time when the selector was right, it is followed from there.';
  if (v.kind === 'git') return 'The code is gone, or has changed too much to be recognised.';
  return 'A version by digest is looked for in the workspace, in the local snapshot store and in what Git has had at its path. If it is in none, only a new selector helps; one with v=git:REVISION lasts as long as the commit.';
}
