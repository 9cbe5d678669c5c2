import type { Declaration } from '../base/declaration.js';
import type { DocumentVersion } from '../base/position-spec.js';
import { compareRanges, type Range } from '../base/range.js';
import { carryExtent } from './carry-extent.js';
import { followDeclaration, type Follow } from './follow-declaration.js';
import { followSpan } from './follow-span.js';
import type { ChangeSet, HistoryPort } from './history-port.js';
import { moduleAgreement, scoreOf, type Features } from './relocation-score.js';
import type { Side, SideCache } from './relocation-side.js';
import { targetOf, type Named, type Target } from './relocation-target.js';
import { rangeOfRole } from './resolve-structural.js';
import { searchMoved } from './search-moved.js';

/** How a candidate was found: the file is the same, the text is the same, the structure leads there, or only likeness does. */
export type Evidence = 'exact' | 'mapped' | 'structural' | 'fuzzy';

export interface Landing {
  readonly path: string;
  readonly range: Range;
  readonly declaration: Declaration | null;
  readonly features: Features;
  readonly score: number;
  readonly evidence: Evidence;
}

/** A place in a known version of a file. */
export interface PinnedPlace {
  readonly version: DocumentVersion;
  readonly path: string;
  readonly text: string;
  readonly range: Range;
  /** What the selector calls it, if it names a declaration. */
  readonly named: Named | null;
}

/** From here on the declaration is still in its file, so no other file is searched. */
const STAYED_AST_MIN = 0.85;
export const EXACT: Features = { ast: 1, module: 1, token: 1, proximity: 1 };

/** Returns where a place of an old version may be now, ranked: score descending, then path, then range. Empty when nothing is like it. */
export async function relocate(place: PinnedPlace, port: HistoryPort, cache: SideCache): Promise<readonly Landing[]> {
  const here = await port.textNow(place.path);
  if (here === place.text) return [{ path: place.path, range: place.range, declaration: null, features: EXACT, score: 1, evidence: 'exact' }];
  const from = await cache.sideOf(place.path, place.text);
  const target = targetOf(from, place.range, place.named);
  const followed = await followFiles(place, here, port);
  const landings: Landing[] = [];
  let hasScope = false;
  for (const { path, text } of followed) {
    const to = await cache.sideOf(path, text);
    landings.push(...landIn(from, target, to, 1));
    hasScope ||= target.kind === 'span' && followDeclaration(from, to, target.scope).some((follow) => follow.ast === 1);
  }
  // Code that left a function which is still there was deleted, or is part of something else now.
  if (!hasScope && !landings.some((landing) => landing.features.ast >= STAYED_AST_MIN)) landings.push(...(await landElsewhere(place, from, target, new Set(followed.map((file) => file.path)), port, cache)));
  return ranked(landings);
}

/** The file itself while it exists, else what Git says it was renamed to: of several copies the most similar ones. */
async function followFiles(place: PinnedPlace, here: string | null, port: HistoryPort): Promise<{ path: string; text: string }[]> {
  if (here !== null) return [{ path: place.path, text: here }];
  const files: { path: string; text: string }[] = [];
  const moves = (await changesOf(place, port)).moves.filter((move) => move.from === place.path);
  const nearest = Math.max(...moves.map((move) => move.similarity));
  for (const move of moves) {
    if (move.similarity < nearest) continue;
    const text = await port.textNow(move.to);
    if (text !== null) files.push({ path: move.to, text });
  }
  return files;
}

/** Asked for only where the file itself does not answer: Git needs longer for them than all the rest takes. */
async function changesOf(place: PinnedPlace, port: HistoryPort): Promise<ChangeSet> {
  return (await port.changesSince(place.version)) ?? { moves: [], changed: [] };
}

function landIn(from: Side, target: Target, to: Side, module: number): Landing[] {
  if (target.kind === 'declaration') {
    return followDeclaration(from, to, target.declaration).flatMap((follow) => landDeclaration(from, target, to, follow, module));
  }
  return followDeclaration(from, to, target.scope).flatMap((follow) => landSpan(from, target, to, follow, module));
}

function landDeclaration(from: Side, target: Target & { kind: 'declaration' }, to: Side, follow: Follow, module: number): Landing[] {
  const range = rangeOfPart(from, target, to, follow.declaration);
  if (range === null) return [];
  const features = { ast: follow.ast, module, token: follow.token, proximity: follow.proximity };
  const evidence: Evidence = follow.ast === 1 ? (follow.token === 1 ? 'mapped' : 'structural') : 'fuzzy';
  return [{ path: to.path, range, declaration: follow.declaration, features, score: scoreOf(features), evidence }];
}

function landSpan(from: Side, target: Target & { kind: 'span' }, to: Side, follow: Follow, module: number): Landing[] {
  return followSpan(from, to, target.range, target.scope, follow.declaration).map((span) => {
    const features = { ast: follow.ast, module, token: span.token, proximity: span.proximity };
    return { path: to.path, range: span.range, declaration: null, features, score: scoreOf(features), evidence: span.unchanged ? 'mapped' : 'fuzzy' };
  });
}

async function landElsewhere(place: PinnedPlace, from: Side, target: Target, except: ReadonlySet<string>, port: HistoryPort, cache: SideCache): Promise<Landing[]> {
  const declaration = target.kind === 'declaration' ? target.declaration : target.scope;
  if (declaration.kind === 'module') return [];
  const changes = await changesOf(place, port);
  const landings: Landing[] = [];
  for (const { side, follow } of await searchMoved(from, declaration, place.version, port, changes, except, cache)) {
    const module = moduleAgreement(from.path, side.path);
    landings.push(...(target.kind === 'declaration' ? landDeclaration(from, target, side, follow, module) : landSpan(from, target, side, follow, module)));
  }
  return landings;
}

/** The same part of the new declaration, or null when it has none. */
function rangeOfPart(from: Side, target: Target & { kind: 'declaration' }, to: Side, declaration: Declaration): Range | null {
  return target.part === 'extent' ? carryExtent(from, target.declaration, target.range, to, declaration) : rangeOfRole(declaration, target.part);
}

function ranked(landings: readonly Landing[]): readonly Landing[] {
  return [...landings].sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || compareRanges(a.range, b.range));
}
