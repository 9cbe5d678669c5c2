import type { DocumentVersion, PositionSpec } from '../base/position-spec.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { HistoryPort } from './history-port.js';
import { modulePath } from './module-paths.js';
import { EXACT, relocate, type Landing } from './relocate.js';
import type { SideCache } from './relocation-side.js';
import type { Named } from './relocation-target.js';
import { verdictOf, type Verdict } from './relocation-verdict.js';
import { resolveStructural, type StructuralCandidate } from './resolve-structural.js';
import { searchAnchor } from './search-anchor.js';

/** Candidates that an answer or a refusal lists. */
const CANDIDATES_MAX = 5;

/** A verdict with its best candidates only. */
export type Resolution = Verdict & {
  /** True when the place was followed from the version that the selector is pinned to, false when only the present was looked at. */
  readonly isFollowed: boolean;
};

export interface ResolveOptions {
  /** The unit of columns in selectors without `enc=`. */
  readonly indexIo: ColumnUnit;
}

/**
 * Returns where `spec` points now: with a known `v` through the changes since that version, else in the present text alone.
 * Refusals are values, and ranked candidates come with them. Throws E/INDEXING_UNSUPPORTED for a column inside a character.
 */
export async function resolveSelector(spec: PositionSpec, port: HistoryPort, cache: SideCache, options: ResolveOptions): Promise<Resolution> {
  const followed = spec.query.v === undefined ? null : await resolvePinned(spec, spec.query.v, port, cache, options);
  const verdict = followed ?? (await resolvePresent(spec, port, cache, options));
  return { ...verdict, candidates: verdict.candidates.slice(0, CANDIDATES_MAX), isFollowed: followed !== null };
}

/**
 * Null when the version is not known any more: then the present is all there is. Positions and counts mean nothing in a text that
 * they were not made from, so those are refused.
 */
async function resolvePinned(spec: PositionSpec, version: DocumentVersion, port: HistoryPort, cache: SideCache, { indexIo }: ResolveOptions): Promise<Verdict | null> {
  const { v: _, ...query } = spec.query;
  const pathsThen = await port.pathsAt(version);
  const module = modulePath(spec, pathsThen ?? (await port.pathsNow()));
  const path = module.kind === 'found' ? module.path : writtenPath(spec);
  const text = path === null ? null : await port.textAt(version, path);
  if (path === null || text === null) {
    if (!needsItsText(spec)) return null;
    const reason = pathsThen !== null && path !== null ? `the pinned version has no file ${path}` : 'the version that it was made from is not known any more';
    return { kind: 'notFound', reason, candidates: [], alphaConf: 0 };
  }
  const side = await cache.sideOf(path, text);
  const then = resolveStructural({ ...spec, query }, { document: side.document, structure: side.structure, indexIo });
  if (then.kind === 'notFound') return { kind: 'notFound', reason: `in the pinned version, ${then.reason}`, candidates: [], alphaConf: 0 };
  const landings: Landing[] = [];
  for (const candidate of then.candidates) landings.push(...(await relocate({ version, path, text, range: candidate.range, named: namedBy(spec, candidate) }, port, cache)));
  const verdict = verdictOf(landings, false);
  return then.kind === 'ambiguous' && verdict.kind === 'found' ? { ...verdict, kind: 'ambiguous' } : verdict;
}

function needsItsText(spec: PositionSpec): boolean {
  const { overload, nth } = spec.query;
  const counts = overload !== undefined || nth !== undefined || (spec.kind === 'ast' && spec.segments.some((segment) => segment.index !== undefined));
  return counts || spec.kind === 'cursor' || spec.kind === 'range';
}

/** The path that a selector itself writes, whether or not there is such a file. */
function writtenPath(spec: PositionSpec): string | null {
  if (spec.kind === 'symbolic') return spec.scheme === 'sym' && spec.language === undefined ? spec.module : null;
  if (spec.kind === 'ast') return spec.root.kind === 'file' ? spec.root.name : null;
  return spec.path;
}

function namedBy(spec: PositionSpec, { declaration }: StructuralCandidate): Named | null {
  if (declaration === null) return null;
  return { declaration, role: spec.kind === 'symbolic' ? spec.role : 'def' };
}

async function resolvePresent(spec: PositionSpec, port: HistoryPort, cache: SideCache, { indexIo }: ResolveOptions): Promise<Verdict> {
  if (spec.kind === 'anchor') return verdictOf(await searchAnchor(spec, port, cache), true);
  const paths = port.pathsNow();
  const module = modulePath(spec, paths instanceof Promise ? await paths : paths);
  if (module.kind === 'notFound') return { ...module, candidates: [], alphaConf: 0 };
  const landings: Landing[] = [];
  let reason = '';
  for (const path of module.kind === 'found' ? [module.path] : module.paths) {
    const found = port.textNow(path);
    const text = found instanceof Promise ? await found : found;
    if (text === null) continue;
    const { document, structure } = await cache.sideOf(path, text);
    const now = resolveStructural(spec, { document, structure, indexIo });
    if (now.kind === 'notFound') reason = now.reason;
    else landings.push(...now.candidates.map(({ range, declaration }): Landing => ({ path, range, declaration, features: EXACT, score: 1, evidence: 'exact' })));
  }
  if (landings.length === 0) return { kind: 'notFound', reason: reason === '' ? 'the file cannot be read' : reason, candidates: [], alphaConf: 0 };
  return landings.length === 1 ? { kind: 'found', candidates: landings, alphaConf: 1 } : { kind: 'ambiguous', candidates: landings, alphaConf: 1 / landings.length };
}
