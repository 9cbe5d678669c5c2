import type { Declaration, FileStructure } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { compareRanges, containsRange, startOf, type Range } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import { TextDocument } from '../../base/text-document.js';
import { locations } from '../../lsp/navigation.js';
import type { Session } from '../../lsp/session.js';
import type { RenamedEdit } from './renamed-edit.js';
import { placeText, type RenameFiles } from './rename-files.js';

/** A class of the workspace that can be named where its file ends. */
interface ProbedClass {
  readonly path: string;
  readonly declaration: Declaration;
}

/** What is left of a name on the objects of a class and of those below it, once it was renamed. */
export interface OverrideFindings {
  /** Declarations of the old name in the workspace that the objects still have: they override, or are overridden. */
  readonly left: readonly Location[];
  /** The same outside the workspace, in words. */
  readonly foreign: readonly string[];
  /** Members that have the new name already, in words. */
  readonly taken: readonly string[];
  /** What could not be looked at, in words. */
  readonly unknown: readonly string[];
}

const CLASSES_MAX = 200;

/** Returns the class that a declaration in a Python file is a member of, by `def`, by assignment in its body or through self; null for what is no member. */
export function classOfMember(structure: FileStructure | null, document: TextDocument, range: Range): Declaration | null {
  if (structure === null) return null;
  const classes = structure.declarations.filter((item) => item.kind === 'class' && containsRange(item.range, range));
  const named = structure.declarations.find((item) => compareRanges(item.nameRange, range) === 0 && item.kind !== 'import');
  if (named !== undefined) return classes.find((item) => item.qualname.join('.') === named.qualname.slice(0, -1).join('.')) ?? null;
  const front = document.lineText(range[0]).slice(0, range[1]);
  return /\b(self|cls)\s*\.\s*$/.test(front) ? (classes.at(-1) ?? null) : null;
}

/** Returns the classes of `members` and all that derive from them, found by the references to each. */
export async function classesBelow(live: Session, files: RenameFiles, tops: readonly ProbedClass[]): Promise<ProbedClass[]> {
  const found = new Map<string, ProbedClass>();
  const pending = [...tops];
  for (let next = pending.shift(); next !== undefined && found.size < CLASSES_MAX; next = pending.shift()) {
    const { path, declaration } = next;
    const key = placeText(path, declaration.nameRange);
    if (found.has(key)) continue;
    found.set(key, next);
    for (const { uri, range } of await locations(live, 'references', path, startOf(declaration.nameRange), false)) {
      if (uri.startsWith('ext:') || !files.has(pathFromUri(uri))) continue;
      const { structure } = await files.read(pathFromUri(uri));
      const derived = structure?.declarations.find((item) => item.kind === 'class' && containsRange(item.signatureRange, range) && !containsRange(item.nameRange, range));
      if (derived !== undefined) pending.push({ path: pathFromUri(uri), declaration: derived });
    }
  }
  return [...found.values()];
}

/** A file with questions about members written behind its end. */
export interface ProbedFiles {
  readonly contents: ReadonlyMap<string, string>;
  readonly probes: readonly Probe[];
  readonly unknown: readonly string[];
}

interface Probe {
  readonly probed: ProbedClass;
  readonly path: string;
  /** `x.old`, `x.new`, and the new name as the classes above have it. */
  readonly old: Range;
  readonly taken: Range;
  readonly inherited: Range;
}

/**
 * Returns the files after a rename with a function behind the end of each that has a class, which asks its objects for both names: the server
 * then says what a name means there, through every base class and library.
 */
export async function probesFor(files: RenameFiles, renamed: RenamedEdit, classes: readonly ProbedClass[], oldName: string, newName: string): Promise<ProbedFiles> {
  const contents = new Map<string, string>();
  const probes: Probe[] = [];
  const unknown: string[] = [];
  for (const probed of classes) {
    const { path, declaration } = probed;
    const { structure, document: source } = await files.read(path);
    if (!isNamedAtEnd(declaration, structure)) {
      if (!addsNeither(source, declaration, [oldName, newName])) unknown.push(`the class at ${placeText(path, declaration.nameRange)} is inside a function`);
      continue;
    }
    const text = contents.get(path) ?? renamed.texts.get(path)?.after.text ?? (await files.textOf(path));
    const name = declaration.qualname.map((part) => (part === oldName && renamesDeclaration(renamed, path, structure, declaration) ? newName : part)).join('.');
    const probe = `\n\n\ndef _assay_probe(x: "${name}"):\n    x.${oldName}\n    x.${newName}\n    super(${name}, x).${newName}\n`;
    const [from, to] = [text.length, text.length + probe.length];
    contents.set(path, text + probe);
    const document = new TextDocument(text + probe);
    const at = (needle: string, tail: string): Range => {
      const start = from + probe.indexOf(needle) + needle.length - tail.length;
      return document.rangeOf(start, Math.min(to, start + tail.length));
    };
    probes.push({ probed, path, old: at(`\n    x.${oldName}`, oldName), taken: at(`\n    x.${newName}`, newName), inherited: at(`, x).${newName}`, newName) });
  }
  return { contents, probes, unknown };
}

/** A class that is renamed itself has its new name at the end of its file. */
function renamesDeclaration(renamed: RenamedEdit, path: string, structure: FileStructure | null, declaration: Declaration): boolean {
  const chain = structure?.declarations.filter((item) => item.kind === 'class' && containsRange(item.range, declaration.nameRange)) ?? [];
  return renamed.places.some((place) => place.path === path && chain.some((item) => compareRanges(item.nameRange, place.before) === 0));
}

/** True for a class with one base that holds neither name: what its objects have under them, they have from the base, which is asked. */
function addsNeither(document: TextDocument, { range, signatureRange, nameRange }: Declaration, names: readonly string[]): boolean {
  const isDecorated = nameRange[0] > 0 && /^\s*@/.test(document.lineText(nameRange[0] - 1));
  const words = document.slice(range).match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return !isDecorated && !/[,=@]/.test(document.slice(signatureRange)) && !words.some((word) => names.includes(word));
}

function isNamedAtEnd(declaration: Declaration, structure: FileStructure | null): boolean {
  return declaration.qualname.every((_part, index) => index === declaration.qualname.length - 1 || structure?.declarations.some((item) => item.kind === 'class' && item.qualname.join('.') === declaration.qualname.slice(0, index + 1).join('.')) === true);
}

/** Asks the probes. `after` is the server over the probed files; `isOurs` says whether a place afterwards is one of the renamed declarations. */
export async function askProbes(after: Session, files: RenameFiles, renamed: RenamedEdit, { probes, unknown }: ProbedFiles, isOurs: (location: Location) => boolean): Promise<OverrideFindings> {
  const left = new Map<string, Location>();
  const foreign = new Set<string>();
  const taken = new Set<string>();
  for (const probe of probes) {
    // A member that is only looked up (`__getattr__`) is found under another name.
    for (const location of (await locations(after, 'definition', probe.path, startOf(probe.old))).filter(isNamed(probe.old))) {
      if (location.uri.startsWith('ext:')) foreign.add(`${nameOf(probe.probed)} has this name from ${location.uri}`);
      else {
        const before = beforeOf(renamed, location);
        if (before !== null && files.has(pathFromUri(location.uri))) left.set(placeText(pathFromUri(location.uri), before), { uri: location.uri, range: before });
      }
    }
    for (const range of [probe.taken, probe.inherited]) {
      for (const location of (await locations(after, 'definition', probe.path, startOf(range))).filter(isNamed(range))) {
        if (isOurs(location)) continue;
        taken.add(`${nameOf(probe.probed)} has a member of the new name at ${location.uri.startsWith('ext:') ? location.uri : placeText(pathFromUri(location.uri), location.range)}`);
      }
    }
  }
  return { left: [...left.values()], foreign: [...foreign], taken: [...taken], unknown };
}

/** True for a place as long as the name that was asked about. */
function isNamed(asked: Range): (location: Location) => boolean {
  return ({ range }) => range[0] === range[2] && range[3] - range[1] === asked[3] - asked[1];
}

function beforeOf(renamed: RenamedEdit, { uri, range }: Location): Range | null {
  const text = renamed.texts.get(pathFromUri(uri));
  return text === undefined ? range : text.toBefore(range);
}

function nameOf({ path, declaration }: ProbedClass): string {
  return `${declaration.qualname.join('.')} (${uriFromPath(path)})`;
}
