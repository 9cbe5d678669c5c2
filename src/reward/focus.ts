import { identifierCounts, identifiersIn } from '../base/identifiers.js';
import type { Declaration } from '../base/declaration.js';
import type { Diagnostic } from '../base/location.js';
import { comparePositions, containsRange, holds, startOf } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { blankRanges } from './blank-text.js';
import { pythonFunctions } from './python-functions.js';
import type { FileSide } from './step-facts.js';
import { nameCounts, unseenParts, type UnseenPart } from './unseen-parts.js';

/** What of a file is checked after a step: everything but functions and classes that cannot be told from what they were before. */
export interface Focus {
  /** The file without those, or without their bodies. Every position is where it was. */
  readonly text: string;
  /** The diagnostics of the whole file, from those of `text`: what was known of what was left out stays. */
  readonly complete: (found: readonly Diagnostic[]) => readonly Diagnostic[];
}

/** What may mean something else after a step. */
export interface ChangedNames {
  readonly names: ReadonlySet<string>;
  /** Those of them that are classes of which any member may. */
  readonly classes: ReadonlySet<string>;
}

/** With fewer lines left out nothing is gained. */
const LINES_MIN = 20;
/** Rules about what the whole file never uses or sets, which leaving out a place that does would break; what a function binds for itself is its own. */
const ABOUT_FILE = /^report(?:Unused(?:Import|Class|Function|Variable)|UninitializedInstanceVariable)$/u;
const ABOUT_LOCALS = /^reportUnused(?:Import|Variable)$/u;
/** Rules about the name of a function or a class, of which its body says nothing: what the server says stays true where that is left out. */
const ABOUT_NAME = /^report(?:Unused(?:Class|Function)|InconsistentConstructor)$/u;

/** The rule about which files import one another, of which what is left out may be a part. */
export const IMPORT_CYCLES = 'reportImportCycles';

/** `async`, `class` or `def`, and of a body what is no longer. */
const WORD_MAX = 5;

interface LeftOut {
  readonly unseen: UnseenPart;
  /** True where its name is left out, too. */
  readonly isWhole: boolean;
  readonly carried: readonly Diagnostic[];
}

/**
 * Returns what of the file after a step has to be checked, when it can have changed for those who mention one of the `changed` names only; null for all of it.
 * `known` are the diagnostics before the step. An untouched file is given twice. `isNamedElsewhere` as in unseenParts, after the step.
 */
export function focusOn(before: FileSide, after: FileSide, known: readonly Diagnostic[], changed: ChangedNames, isNamedElsewhere: ((name: string) => boolean) | null): Focus | null {
  const old = new Map(unseenParts(before, null).map((unseen) => [keyOf(unseen), unseen]));
  const leftOut: LeftOut[] = [];
  for (const unseen of unseenParts(after, isNamedElsewhere)) {
    const was = old.get(keyOf(unseen));
    const last = leftOut.at(-1)?.unseen.extent;
    if (last !== undefined && containsRange(last, unseen.extent)) continue;
    if (was?.text !== unseen.text || was.declaration.range[1] !== unseen.declaration.range[1] || meet(unseen.words, changed.names) || unseen.classes.some((name) => changed.classes.has(name))) continue;
    const isWhole = unseen.extent === unseen.declaration.range;
    // Who used it may do so no more, which would be said of its name.
    if (isWhole && nameCounts(before).get(unseen.declaration.name) !== nameCounts(after).get(unseen.declaration.name)) continue;
    const its = known.filter((diagnostic) => diagnostic.code !== IMPORT_CYCLES && holds(was.declaration.range, startOf(diagnostic.range)) && (isWhole || !isAboutName(was.declaration, diagnostic)));
    // Where the others are that a diagnostic points to is not known, nor what brought about an error that is under no rule.
    if (its.some(({ relatedInformation, code }) => relatedInformation !== undefined || typeof code !== 'string')) continue;
    const lines = unseen.declaration.range[0] - was.declaration.range[0];
    leftOut.push({ unseen, isWhole, carried: its.map((diagnostic) => ({ ...diagnostic, range: [diagnostic.range[0] + lines, diagnostic.range[1], diagnostic.range[2] + lines, diagnostic.range[3]] })) });
  }
  if (leftOut.reduce((lines, { unseen: { extent } }) => lines + extent[2] - extent[0], 0) < LINES_MIN) return null;
  const document = new TextDocument(after.text);
  return { text: textWithout(document, leftOut), complete: (found) => [...found.filter((diagnostic) => isItsOwn(diagnostic)), ...known.filter(({ code }) => code === IMPORT_CYCLES), ...leftOut.flatMap(({ carried }) => carried)] };

  function isItsOwn(diagnostic: Diagnostic): boolean {
    const { range, code } = diagnostic;
    // That the code does not parse is said at the header of what follows, and leaving bodies out breaks nothing.
    if (typeof code !== 'string') return true;
    if (code === IMPORT_CYCLES) return false;
    const owner = leftOut.find(({ unseen }) => holds(unseen.declaration.range, startOf(range)));
    if (owner !== undefined && (owner.isWhole || !isAboutName(owner.unseen.declaration, diagnostic))) return false;
    if (!ABOUT_FILE.test(code)) return true;
    if (ABOUT_LOCALS.test(code) && pythonFunctions(after).some(({ declaration }) => holds(declaration.range, startOf(range)))) return true;
    const flagged = document.slice(range);
    // `import os.path` is used by whoever says `os`.
    const names = identifiersIn(flagged);
    if (!leftOut.some((item) => (item === owner ? (identifierCounts(item.unseen.text).get(flagged) ?? 0) > 1 : meet(item.unseen.words, names)))) return true;
    const documentBefore = new TextDocument(before.text);
    return known.some((other) => other.code === code && documentBefore.slice(other.range) === flagged);
  }
}

/** A statement that is neither empty nor a placeholder takes the place of each, as long as its first word: what is wrong before it is said of that. */
function textWithout(document: TextDocument, leftOut: readonly LeftOut[]): string {
  const blank = blankRanges(document, leftOut.map(({ unseen }) => unseen.extent));
  const starts = leftOut.map(({ unseen }) => document.offsetAt(startOf(unseen.extent))).sort((a, b) => a - b);
  return starts.map((start, index) => {
    const length = /^\w*/u.exec(document.text.slice(start, start + WORD_MAX))?.[0].length ?? 0;
    return `${index === 0 ? blank.slice(0, start) : ''}${'0'.repeat(length || 1)}${blank.slice(start + (length || 1), starts[index + 1])}`;
  }).join('');
}

function keyOf({ declaration: { qualname, overload } }: UnseenPart): string {
  return JSON.stringify([qualname, overload]);
}

function isAboutName({ nameRange }: Declaration, { range, code }: Diagnostic): boolean {
  return ABOUT_NAME.test(String(code)) && comparePositions(startOf(nameRange), startOf(range)) === 0;
}

function meet(words: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  for (const name of names) if (words.has(name)) return true;
  return false;
}
