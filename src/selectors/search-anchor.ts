import type { PositionSpec } from '../base/position-spec.js';
import { anchorLandings } from './anchor-landings.js';
import type { HistoryPort } from './history-port.js';
import { languageOf } from './languages.js';
import type { Landing } from './relocate.js';
import type { SideCache } from './relocation-side.js';

/** A candidate that scores this much in its own file ends the search. */
const ENOUGH = 0.7;

/** Returns where an anchor's text stands now, ranked: in its own file, else in any file of its language that holds a copy of it. */
export async function searchAnchor(spec: PositionSpec & { kind: 'anchor' }, port: HistoryPort, cache: SideCache): Promise<readonly Landing[]> {
  const own = await port.textNow(spec.path);
  const landings: Landing[] = own === null ? [] : [...anchorLandings(spec, await cache.sideOf(spec.path, own))];
  if (landings.some((landing) => landing.score >= ENOUGH) || spec.query.pre === undefined || spec.query.suf === undefined) return landings;
  const scheme = languageOf(spec.path)?.scheme;
  for (const path of await port.pathsNow()) {
    if (path === spec.path || languageOf(path)?.scheme !== scheme) continue;
    const text = await port.textNow(path);
    if (text?.includes(spec.snippet) === true) landings.push(...anchorLandings(spec, await cache.sideOf(path, text)));
  }
  return landings.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || a.range[0] - b.range[0] || a.range[1] - b.range[1]);
}
