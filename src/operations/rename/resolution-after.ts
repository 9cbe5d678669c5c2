import type { Location } from '../../base/location.js';
import { startOf, type Range } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import { locations } from '../../lsp/navigation.js';
import type { Session } from '../../lsp/session.js';
import type { RenameFiles } from './rename-files.js';
import { placeText } from './rename-files.js';
import type { RenamedEdit, RenamedPlace } from './renamed-edit.js';

/** What is known before a rename, and the servers to compare it with what is so afterwards. */
export interface ResolutionQuestion {
  readonly files: RenameFiles;
  readonly renamed: RenamedEdit;
  readonly oldName: string;
  readonly newName: string;
  /** The places whose references are asked for: where the rename was asked, and every declaration that it renames. */
  readonly roots: readonly RenamedPlace[];
  /** Where the renamed declarations are, before. */
  readonly definitions: readonly Location[];
  readonly references: readonly Location[];
  /** The server over the files as they are. */
  readonly before: Session;
  /** The server over the files after the rename. */
  readonly after: Session;
}

/** What leads elsewhere than it should, in words, place by place. */
export interface ResolutionProblems {
  /** Renamed places that lead to another declaration: something else of that name is nearer. */
  readonly lost: readonly string[];
  /** References that keep the old name and lead nowhere. */
  readonly missing: readonly string[];
  /** Places that led elsewhere and now lead to the renamed declaration. */
  readonly captured: readonly string[];
}

/** Compares where every place of a rename leads with where it led. Every difference of the two lists of references is looked up by its definition. */
export async function compareResolution(question: ResolutionQuestion): Promise<ResolutionProblems> {
  const home = homeAfter(question);
  const found = new Map<string, Location>();
  for (const root of question.roots) {
    for (const location of await locations(question.after, 'references', root.path, startOf(root.after))) found.set(keyOf(location.uri, location.range), location);
  }
  return { lost: await lostPlaces(question, home, found), missing: await missingReferences(question, home), captured: await capturedPlaces(question, found) };
}

function keyOf(uri: string, range: Range): string {
  return `${uri}@${String(range[0])}:${String(range[1])}`;
}

/** Where the renamed declarations stand afterwards. A server that names none is asked about the roots alone. */
function homeAfter({ renamed, definitions, roots }: ResolutionQuestion): ReadonlySet<string> {
  const moved = definitions.flatMap((location) => {
    if (location.uri.startsWith('ext:')) return [keyOf(location.uri, location.range)];
    const range = afterOf(renamed, pathFromUri(location.uri), location.range);
    return range === null ? [] : [keyOf(location.uri, range)];
  });
  return new Set(moved.length > 0 ? moved : roots.map((root) => keyOf(uriFromPath(root.path), root.after)));
}

/** Where a range stands afterwards; of a renamed place, where its new name starts. */
export function afterOf({ places, texts }: RenamedEdit, path: string, range: Range): Range | null {
  const place = places.find((item) => item.path === path && item.before[0] === range[0] && item.before[1] === range[1]);
  if (place !== undefined) return place.after;
  const text = texts.get(path);
  // A definition may span more than a name: where it starts tells.
  return text === undefined ? range : text.toAfter([range[0], range[1], range[0], range[1]]);
}

async function lostPlaces({ renamed, after }: ResolutionQuestion, home: ReadonlySet<string>, found: ReadonlyMap<string, Location>): Promise<string[]> {
  const lost: string[] = [];
  for (const place of renamed.places) {
    const key = keyOf(uriFromPath(place.path), place.after);
    if (place.isComment || found.has(key) || home.has(key)) continue;
    const { isHome, definitions } = await follow(after, place.path, place.after, home);
    if (isHome) continue;
    lost.push(`${placeText(place.path, place.before)} would lead ${whereTo(definitions)}`);
  }
  return lost;
}

async function missingReferences({ files, renamed, references, oldName, after }: ResolutionQuestion, home: ReadonlySet<string>): Promise<string[]> {
  const missing: string[] = [];
  for (const { uri, range } of references) {
    if (uri.startsWith('ext:')) continue;
    const path = pathFromUri(uri);
    const isRenamed = renamed.places.some((place) => place.path === path && place.before[0] === range[0] && place.before[1] === range[1]);
    // A reference by another name (an alias, a default import) keeps that name.
    if (isRenamed || !files.has(path) || (await files.read(path)).document.slice(range) !== oldName) continue;
    const now = afterOf(renamed, path, range);
    const { isHome, definitions } = now === null ? NOWHERE : await follow(after, path, now, home);
    if (!isHome) missing.push(`${placeText(path, range)} would keep the old name and lead ${whereTo(definitions)}`);
  }
  return missing;
}

async function capturedPlaces({ files, renamed, references, definitions, newName, before }: ResolutionQuestion, found: ReadonlyMap<string, Location>): Promise<string[]> {
  const expected = new Set(renamed.places.map((place) => keyOf(uriFromPath(place.path), place.after)));
  const known = new Set([...references, ...definitions].map(({ uri, range }) => keyOf(uri, range)));
  const captured: string[] = [];
  for (const [key, { uri, range }] of found) {
    if (expected.has(key) || uri.startsWith('ext:')) continue;
    const path = pathFromUri(uri);
    const text = renamed.texts.get(path);
    const was = text === undefined ? range : text.toBefore(range);
    if (was === null || known.has(keyOf(uri, was)) || (await files.read(path)).document.slice(was) !== newName) continue;
    if ((await follow(before, path, was, known)).isHome) continue;
    captured.push(`${placeText(path, was)} has that name and would lead to it, too`);
  }
  return captured;
}

interface Destination {
  readonly isHome: boolean;
  /** Where the place leads at once. */
  readonly definitions: readonly Location[];
}

const NOWHERE: Destination = { isHome: false, definitions: [] };
/** A server may stop at an import, and at a shorthand property, on the way to a declaration. */
const STOPS_MAX = 4;

async function follow(session: Session, path: string, range: Range, home: ReadonlySet<string>): Promise<Destination> {
  const first = await locations(session, 'definition', path, startOf(range));
  const seen = new Set([keyOf(uriFromPath(path), range)]);
  let at: readonly Location[] = first;
  for (let stop = 0; stop < STOPS_MAX && at.length > 0; stop += 1) {
    if (at.some((location) => home.has(keyOf(location.uri, location.range)))) return { isHome: true, definitions: first };
    const next: Location[] = [];
    for (const location of at.filter(({ uri }) => !uri.startsWith('ext:'))) {
      const key = keyOf(location.uri, location.range);
      if (!seen.has(key)) next.push(...(await locations(session, 'definition', pathFromUri(location.uri), startOf(location.range))));
      seen.add(key);
    }
    at = next;
  }
  return { isHome: false, definitions: first };
}

function whereTo(definitions: readonly Location[]): string {
  const [first] = definitions;
  if (first === undefined) return 'nowhere';
  return `to ${first.uri.startsWith('ext:') ? first.uri : placeText(pathFromUri(first.uri), first.range)}`;
}
