import type { HistoryPort } from './history-port.js';
import type { Landing } from './relocate.js';
import type { SideCache } from './relocation-side.js';
import type { Verdict } from './relocation-verdict.js';
import { selectorForDeclaration, selectorForPlace } from './selector-for.js';

/** Candidates that an answer or a refusal lists. */
const CANDIDATES_MAX = 5;

/** A candidate with a selector that leads to it in the present text. */
export interface Candidate extends Landing {
  readonly selector: string;
}

export type Resolution = Verdict & {
  readonly candidates: readonly Candidate[];
  /** True when the place was followed from the version that the selector is pinned to, false when only the present was looked at. */
  readonly isFollowed: boolean;
};

/** Returns the verdict with its best candidates only, each with a selector: symbolic for the name of a declaration, else by position. */
export async function withSelectors(verdict: Verdict, isFollowed: boolean, port: HistoryPort, cache: SideCache): Promise<Resolution> {
  const candidates: Candidate[] = [];
  for (const landing of verdict.candidates.slice(0, CANDIDATES_MAX)) {
    const text = await port.textNow(landing.path);
    if (text !== null) candidates.push({ ...landing, selector: await selectorOf(landing, text, port, cache) });
  }
  return { ...verdict, candidates, isFollowed };
}

async function selectorOf({ path, range, declaration }: Landing, text: string, port: HistoryPort, cache: SideCache): Promise<string> {
  const { document, structure } = await cache.sideOf(path, text);
  const isName = declaration !== null && declaration.nameRange.every((value, index) => value === range[index]);
  return isName && structure?.declarations.includes(declaration) === true ? selectorForDeclaration(path, declaration, structure, await port.pathsNow()) : selectorForPlace(path, range, document, null);
}
