import type { Declaration } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { startOf, type Position } from '../../base/range.js';
import { pathFromUri } from '../../base/relative-uri.js';
import { TextDocument } from '../../base/text-document.js';
import { changedDeclarations } from '../../reward/changed-declarations.js';
import { insideFunctions, namesakeIn, scopeUnitAt, unitsOf } from '../../reward/declaration-units.js';
import { DEFAULT_EXPORT, LISTED, attributesSetIn, isShownWhole, namesFromOutside, passedOn } from '../../reward/interface-change.js';
import { interfaceWays } from '../../reward/interface-ways.js';
import { groupBy } from '../../base/group-by.js';
import type { BaseState } from './base-state.js';
import type { ReferencedDeclaration } from './dependents.js';
import { fileSide } from './file-sides.js';
import type { InterfaceDraft } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import { shownAt, shownBefore, type ShownPlace } from './shown.js';
import type { ParsedFile, StepTexts, TouchedFile } from './step-files.js';

/** A declaration that refers to what a step changes. */
interface Holder {
  readonly declaration: Declaration;
  /** Those that lead to other files. */
  readonly ways: readonly Way[];
}

/** A name by which a declaration passes something on, and where a server shows what that is. */
interface Way {
  readonly name: string;
  readonly place: Position;
}

/** What refers, in one file, to what a step changes. */
export interface Holders {
  readonly path: string;
  readonly holders: readonly Holder[];
  /** False when something else does, too, of which no hover shows what it passes on: a class by its bases, a decorator. */
  readonly isShown: boolean;
}

/** What files pass on otherwise than before. */
export interface PassedOn {
  /** The names by which they do. */
  readonly names: ReadonlySet<string>;
  /** The files of which it cannot be told. */
  readonly untold: ReadonlySet<string>;
  /** The names by which one of them passes on what it sees of a name, but for what was compared. */
  readonly passes: (file: ParsedFile, name: string) => readonly string[];
}

/** What other declarations may see of a step. */
interface ChangesSeen {
  readonly referenced: readonly ReferencedDeclaration[];
  readonly imported: InterfaceDraft['imported'];
}

/** Finds what refers, in files of the tree before, to what the step changes, and what uses, in a touched file, a name that is taken from elsewhere now. */
export async function holdersIn(lab: ShadowLab, plan: StepTexts, { referenced, imported }: ChangesSeen, paths: readonly string[]): Promise<Holders[]> {
  const { before, specOf } = plan;
  const found: Holders[] = [];
  const index = await lab.words.indexOf(before, before.served(specOf));
  const locations = groupBy(referenced.flatMap((item) => item.references), ({ uri }) => pathFromUri(uri));
  for (const path of new Set([...locations.keys(), ...imported.map(({ by }) => by)])) {
    const file = paths.includes(path) ? await before.parsed(path, false) : null;
    if (file === null) continue;
    const declarations = new Set([...referring(file, locations.get(path) ?? []), ...usersOf(file, imported, plan.files)]);
    const document = new TextDocument(file.text);
    const shown = [...declarations].filter((declaration) => isShownWhole(declaration, document));
    const leadsOut = (name: string): boolean => namesThrough(file, name).some((other) => other === DEFAULT_EXPORT || index.filesWith(other).some((holder) => holder !== path));
    found.push({ path, holders: shown.map((declaration) => ({ declaration, ways: waysOf(declaration, document).filter(({ name }) => leadsOut(name)) })), isShown: shown.length === declarations.size });
  }
  return found;
}

function referring(file: ParsedFile, locations: readonly Location[]): Declaration[] {
  const units = unitsOf(file.structure, null);
  const isInside = insideFunctions(units.flatMap(({ declaration }) => declaration ?? []));
  return locations.flatMap(({ range }) => {
    let unit = units[scopeUnitAt(units, startOf(range))];
    while (unit?.declaration != null && isInside(unit.declaration)) unit = units[unit.parent];
    // Who uses a name that is listed for others refers to it as well.
    return unit?.declaration != null && unit.symbol !== LISTED ? [unit.declaration] : [];
  });
}

/** The declarations of a touched file that the step leaves as they are and that use what it takes from elsewhere now. */
function usersOf(file: ParsedFile, imported: InterfaceDraft['imported'], files: readonly TouchedFile[]): Declaration[] {
  const names = imported.filter(({ by }) => by === file.path).map(({ name }) => name);
  const touched = names.length === 0 ? undefined : files.find(({ before }) => before?.path === file.path);
  if (touched === undefined) return [];
  const edited = new Set(changedDeclarations(fileSide(touched.before), fileSide(touched.after)).map(({ before }) => before));
  const ways = interfaceWays(file).filter(({ declaration, words }) => declaration.kind !== 'import' && !edited.has(declaration) && names.some((name) => words.has(name)));
  return ways.map(({ declaration }) => declaration);
}

/** A name of a file and those by which the file passes on what that means. */
function namesThrough(file: ParsedFile, name: string): string[] {
  const names = new Set([name]);
  // It grows while it is gone through.
  for (const one of names) for (const other of passedOn(file, one)) names.add(other);
  return [...names];
}

/** Where the server shows what `all` pass on. */
export function placesOf(all: readonly Holders[]): ShownPlace[] {
  return all.flatMap(({ path, holders }) => holders.flatMap(({ ways }) => ways.map(({ place }) => ({ path, position: place }))));
}

/** One way of passing something on, with what the server shows of it before and after a step; null for nothing. */
export interface ShownWay {
  readonly path: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Asks what the server shows after the step, which the lab must show, of what `all` pass on. What was shown before must be known. */
export async function compareShown(lab: ShadowLab, plan: StepTexts, base: BaseState, all: readonly Holders[]): Promise<ShownWay[]> {
  const shown: ShownWay[] = [];
  for (const { path, holders } of all) {
    const touched = plan.files.find(({ before }) => before?.path === path);
    for (const { declaration, ways } of holders) {
      const after = touched === undefined ? { path, ways } : waysAfter(declaration, ways, touched);
      for (const [index, { name, place }] of ways.entries()) {
        const now = after?.ways[index];
        if (after === null || now === undefined) continue;
        shown.push({ path, name, before: shownBefore(base, { path, position: place }), after: await shownAt(lab, plan.specOf, { path: after.path, position: now.place }) });
      }
    }
  }
  return shown;
}

/**
 * Says what `paths` pass on otherwise than before, by what the server shows of it. Where it shows nothing, that is supposed of those whose diagnostics show
 * the change: `showing`.
 */
export function passedOnBy({ files }: StepTexts, all: readonly Holders[], shown: readonly ShownWay[], { paths, showing }: { readonly paths: readonly string[]; readonly showing: ReadonlySet<string> }): PassedOn {
  const untold = paths.filter((path) => showing.has(path) && !(all.find((each) => each.path === path)?.isShown ?? files.some(({ before }) => before?.path === path)));
  const differing = shown.filter(({ path, before, after }) => (before === null ? showing.has(path) : before !== after));
  const compared = new Map(all.map(({ path, holders }) => [path, new Set(holders.map(({ declaration }) => declaration))]));
  return { names: new Set(differing.map(({ name }) => name)), untold: new Set(untold), passes: (file, name) => (showing.has(file.path) ? passedOn(file, name, compared.get(file.path)) : []) };
}

function waysOf(declaration: Declaration, document: TextDocument): Way[] {
  const place = startOf(declaration.nameRange);
  return [...namesFromOutside(declaration).map((name) => ({ name, place })), ...attributesSetIn(declaration, document)];
}

/** The same in a touched file afterwards; null for a declaration that the step itself changed, which is known to be. */
function waysAfter(declaration: Declaration, ways: readonly Way[], { before, after }: TouchedFile): { readonly path: string; readonly ways: readonly Way[] } | null {
  const now = namesakeIn(after?.structure ?? null, declaration);
  if (before === null || after === null || now === undefined) return null;
  const document = new TextDocument(after.text);
  return document.slice(now.range) === new TextDocument(before.text).slice(declaration.range) ? { path: after.path, ways: waysOf(now, document).filter(({ name: known }) => ways.some((way) => way.name === known)) } : null;
}
