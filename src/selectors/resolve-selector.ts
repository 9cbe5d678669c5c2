import type { PositionSpec } from '../base/position-spec.js';
import type { ColumnUnit } from '../base/text-document.js';
import { searchAnchor } from './search-anchor.js';
import type { HistoryPort } from './history-port.js';
import { modulePath } from './module-paths.js';
import { relocate, type Landing } from './relocate.js';
import { verdictOf, type Thresholds, type Verdict, THRESHOLDS } from './relocation-verdict.js';
import type { SideCache } from './relocation-side.js';
import type { Named } from './relocation-target.js';
import { resolveStructural, type StructuralCandidate } from './resolve-structural.js';

export interface ResolveOptions {
  readonly indexIo: ColumnUnit;
  readonly thresholds?: Thresholds;
}

/**
 * Returns where `spec` points now: with `v` through the history from that version, else in the present text alone.
 * Refusals are values. Throws E/INDEXING_UNSUPPORTED for a column inside a character.
 */
export async function resolveSelector(spec: PositionSpec, port: HistoryPort, cache: SideCache, options: ResolveOptions): Promise<Verdict> {
  const version = spec.query.v;
  const pinned = version === undefined ? null : await port.pathsAt(version);
  if (version !== undefined) {
    const module = modulePath(spec, pinned ?? (await port.pathsNow()));
    const path = module.kind === 'found' ? module.path : 'path' in spec ? spec.path : null;
    const text = path === null ? null : await port.textAt(version, path);
    if (path !== null && text !== null) return await resolvePinned(spec, path, text, port, cache, options);
  }
  return await resolvePresent(spec, port, cache, options);
}

async function resolvePinned(spec: PositionSpec, path: string, text: string, port: HistoryPort, cache: SideCache, options: ResolveOptions): Promise<Verdict> {
  const { v: version, ...query } = spec.query;
  const side = await cache.sideOf(path, text);
  const then = resolveStructural({ ...spec, query }, { document: side.document, structure: side.structure, indexIo: options.indexIo });
  if (then.kind === 'notFound' || version === undefined) return { kind: 'notFound', reason: then.kind === 'notFound' ? `in the pinned version, ${then.reason}` : '', candidates: [] };
  const landings: Landing[] = [];
  for (const candidate of then.candidates) landings.push(...(await relocate({ version, path, text, range: candidate.range, named: namedBy(spec, candidate) }, port, cache)));
  const verdict = verdictOf(landings, options.thresholds ?? THRESHOLDS);
  return then.kind === 'ambiguous' && verdict.kind === 'found' ? { kind: 'ambiguous', candidates: verdict.candidates } : verdict;
}

function namedBy(spec: PositionSpec, { declaration }: StructuralCandidate): Named | null {
  if (declaration === null) return null;
  return { declaration, role: spec.kind === 'symbolic' ? spec.role : 'def' };
}

async function resolvePresent(spec: PositionSpec, port: HistoryPort, cache: SideCache, options: ResolveOptions): Promise<Verdict> {
  if (spec.kind === 'anchor') return verdictOf(await searchAnchor(spec, port, cache), options.thresholds ?? THRESHOLDS);
  const module = modulePath(spec, await port.pathsNow());
  if (module.kind === 'notFound') return { ...module, candidates: [] };
  if (module.kind === 'ambiguous') return { kind: 'ambiguous', candidates: [] };
  const text = await port.textNow(module.path);
  if (text === null) return { kind: 'notFound', reason: `${module.path} cannot be read`, candidates: [] };
  const side = await cache.sideOf(module.path, text);
  const now = resolveStructural(spec, { document: side.document, structure: side.structure, indexIo: options.indexIo });
  if (now.kind === 'notFound') return { ...now, candidates: [] };
  const candidates = now.candidates.map((candidate) => exactLanding(module.path, candidate));
  return now.kind === 'found' ? { kind: 'found', candidates, alphaConf: 1 } : { kind: 'ambiguous', candidates };
}

function exactLanding(path: string, { range, declaration }: StructuralCandidate): Landing {
  return { path, range, declaration, features: { ast: 1, module: 1, token: 1, proximity: 1 }, score: 1, evidence: 'exact' };
}
