import type { Declaration } from '../base/declaration.js';
import type { DocumentVersion } from '../base/position-spec.js';
import { definitionsOf, type Side, type SideCache } from './relocation-side.js';
import { maskedBag, sameFamily, sameName, type Follow } from './follow-declaration.js';
import type { ChangeSet, HistoryPort } from './history-port.js';
import { languageOf } from './languages.js';
import { likeness } from './lexemes.js';
import { wholeRange } from './relocation-target.js';
import { containment, fingerprintsOf } from './winnow.js';

/** A declaration of another file that may be the one that was moved away. */
export interface MovedFollow {
  readonly side: Side;
  readonly follow: Follow;
}

/** Share of its fingerprints that a file must hold to be looked into for a declaration of another name. */
const CONTAINED_MIN = 0.5;
const MOVED_LIKENESS_MIN = 0.6;
/** Lexemes that a text must have before it can be recognised without its name. */
const RECOGNISABLE_SIZE = 30;

/**
 * Returns where a declaration that left its file may have gone: declarations of other changed files that those files
 * did not have before, by name and likeness, best first.
 */
export async function searchMoved(from: Side, declaration: Declaration, version: DocumentVersion, port: HistoryPort, changes: ChangeSet, except: ReadonlySet<string>, cache: SideCache): Promise<readonly MovedFollow[]> {
  const family = languageOf(from.path)?.scheme;
  const prints = fingerprintsOf(from.document.slice(wholeRange(declaration)));
  const bag = maskedBag(from, declaration);
  const size = [...bag.values()].reduce((sum, count) => sum + count, 0);
  const found: MovedFollow[] = [];
  for (const path of changes.changed) {
    if (except.has(path) || languageOf(path)?.scheme !== family) continue;
    const text = await port.textNow(path);
    if (text === null || !(text.includes(declaration.name) || (size >= RECOGNISABLE_SIZE && containment(prints, cache.printsOf(text)) >= CONTAINED_MIN))) continue;
    const side = await cache.sideOf(path, text);
    const candidates = definitionsOf(side).filter((other) => other.kind !== 'module' && sameFamily(other.kind, declaration.kind));
    const follows = candidates.flatMap((candidate) => followInto(declaration, bag, size, side, candidate));
    if (follows.length === 0) continue;
    const before = await oldNames(path, version, port, changes, cache);
    for (const follow of follows) if (!before.has(follow.declaration.qualname.join('\u0000'))) found.push({ side, follow });
  }
  return found.sort((a, b) => b.follow.ast + b.follow.token - a.follow.ast - a.follow.token);
}

function followInto(declaration: Declaration, bag: ReturnType<typeof maskedBag>, size: number, side: Side, candidate: Declaration): Follow[] {
  const sameQualname = sameName(candidate.qualname, declaration.qualname);
  const sameLast = candidate.name === declaration.name;
  if (!sameLast && size < RECOGNISABLE_SIZE) return [];
  const token = likeness(bag, maskedBag(side, candidate));
  if (token < MOVED_LIKENESS_MIN) return [];
  return [{ declaration: candidate, ast: sameQualname ? 1 : (sameLast ? 0.85 + 0.1 * trailingAgreement(candidate.qualname, declaration.qualname) : 0.75) * token, token, proximity: 0 }];
}

/** The share of the names around the last one that agree, counted from the inside. */
function trailingAgreement(a: readonly string[], b: readonly string[]): number {
  const longest = Math.max(a.length, b.length) - 1;
  let agreed = 0;
  while (agreed < longest && a.at(-2 - agreed) !== undefined && a.at(-2 - agreed) === b.at(-2 - agreed)) agreed += 1;
  return longest === 0 ? 1 : agreed / longest;
}

/** The qualified names that the file at `path`, or the one it was renamed from, had before. */
async function oldNames(path: string, version: DocumentVersion, port: HistoryPort, changes: ChangeSet, cache: SideCache): Promise<ReadonlySet<string>> {
  const source = changes.moves.find((move) => move.to === path && move.kind === 'renamed')?.from ?? path;
  const text = await port.textBeside(version, source);
  if (text === null) return new Set();
  return new Set(definitionsOf(await cache.sideOf(source, text)).map((declaration) => declaration.qualname.join('\u0000')));
}
