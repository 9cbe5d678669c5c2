import type { Declaration } from '../../base/declaration.js';
import { Kept } from '../../base/kept.js';
import type { Diagnostic } from '../../base/location.js';
import { TextDocument } from '../../base/text-document.js';
import { changedDeclarations, changesFromOutside, type ChangedDeclaration } from '../../reward/changed-declarations.js';
import { moduleChange, moduleCode, type ModuleChange } from '../../reward/module-code.js';
import { selectorForUsage } from '../../selectors/selector-for.js';
import type { FileSide } from '../../reward/step-facts.js';
import type { Measurement } from './base-state.js';
import { PYTHON } from './import-statements.js';
import type { ParsedFile, TouchedFile } from './step-files.js';

/** What was measured on one side: as the command line reports it, and neutrally. */
export interface SideMeasurements {
  readonly asIs: Measurement;
  readonly neutral: Measurement;
}

/** Returns a file for the reward engine; without measurements its diagnostics are unknown. */
export function fileSide(file: ParsedFile, measured?: SideMeasurements): FileSide;
export function fileSide(file: ParsedFile | null, measured?: SideMeasurements): FileSide | null;
export function fileSide(file: ParsedFile | null, measured?: SideMeasurements): FileSide | null {
  if (file === null) return null;
  const { path, text, structure, tokens } = file;
  return { path, text, structure, tokens, diagnostics: diagnosticsOf(measured?.asIs, file), neutral: diagnosticsOf(measured?.neutral, file) };
}

/** A file that its project leaves out has no diagnostics on the command line; one that was not asked about is unknown. */
function diagnosticsOf(measurement: Measurement | undefined, file: ParsedFile): readonly Diagnostic[] | null {
  const found = measurement?.get(file.path);
  if (found === undefined) return null;
  return found === 'excluded' ? NOTHING : kept.get(found, file, () => withSelectors(found, file));
}

function withSelectors(found: readonly Diagnostic[], { path, text, digest }: ParsedFile): readonly Diagnostic[] {
  const document = new TextDocument(text);
  return found.map((diagnostic) => ({ ...diagnostic, selector: selectorForUsage(path, diagnostic.range, document, digest) }));
}

/** What was measured of a base is the same on both sides of a file that cannot change, and for every step. */
const kept = new Kept<readonly Diagnostic[]>();
const NOTHING: readonly Diagnostic[] = [];

/** A change of a declaration, which is the one after the step where both sides have it. */
interface SeenChange {
  readonly change: ChangedDeclaration;
  readonly declaration: Declaration;
  readonly before: FileSide;
  readonly after: FileSide;
}

/** The changes of the declarations of a file that is there before and after, as others may see them. */
export function changesSeen(file: TouchedFile): SeenChange[] {
  const [before, after] = [fileSide(file.before), fileSide(file.after)];
  if (before === null || after === null) return [];
  return changesFromOutside(before, after).flatMap((change) => {
    const declaration = change.after ?? change.before;
    return declaration === null || change.isCarried ? [] : [{ change, declaration, before, after }];
  });
}

/** What changed outside the declarations of a file that is there before and after; null where it cannot be told what that means for others. */
export function moduleChangeSeen(file: TouchedFile): ModuleChange | null {
  const [before, after] = [fileSide(file.before), fileSide(file.after)];
  if (before === null || after === null) return null;
  if ([before, after].every(({ path }) => PYTHON.test(path))) return moduleChange(before, after);
  const isChanged = changedDeclarations(before, after).some((change) => (change.after ?? change.before) === null);
  return isChanged && moduleCode(before) !== moduleCode(after) ? null : { names: [], isByName: true };
}
