import type { Location } from '../../base/location.js';
import { startOf } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import type { WorkspaceEdit } from '../../base/workspace-edit.js';
import { locations } from '../../lsp/navigation.js';
import { lookInto } from '../../lsp/questions.js';
import { rename } from '../../lsp/rename.js';
import type { Session } from '../../lsp/session.js';
import { askEdited } from '../measure-edit.js';
import type { Workbench } from '../workbench.js';
import { askProbes, classesBelow, classOfMember, probesFor, type OverrideFindings } from './python-overrides.js';
import { joinedEdits, readRenamedEdit, withLeftOutFiles, type RenamedEdit } from './renamed-edit.js';
import { afterOf } from './resolution-after.js';
import type { RenameFiles } from './rename-files.js';

/** A rename of a member together with all that it overrides and that overrides it. */
export interface CompletedRename {
  readonly edit: WorkspaceEdit;
  /** The declarations that were renamed with it, and what refers to them. */
  readonly definitions: readonly Location[];
  readonly references: readonly Location[];
  /** Null when the renamed thing is no member of a class. */
  readonly findings: OverrideFindings | null;
}

export interface OverrideQuestion {
  readonly bench: Workbench;
  readonly files: RenameFiles;
  readonly session: Session;
  readonly oldName: string;
  readonly newName: string;
  /** The files that hold the old name. */
  readonly holding: readonly string[];
}

/** A rename as the server makes it: its edits, what they rename, and what refers to that. */
interface FirstRename {
  readonly edit: WorkspaceEdit;
  readonly definitions: readonly Location[];
  readonly references: readonly Location[];
}

/** A chain of overrides longer than this is given up. */
const ROUNDS_MAX = 10;

/**
 * pyright renames one method and leaves what overrides it. Here each of them is renamed, too, round by round. What a library declares ends it:
 * nothing can be added then.
 */
export async function completeOverrides(question: OverrideQuestion, first: FirstRename): Promise<CompletedRename> {
  const { files, session, oldName, newName } = question;
  const edits = [first.edit];
  const definitions = [...first.definitions];
  const references = [...first.references];
  let findings: OverrideFindings | null = null;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    findings = await findOverrides(question, joinedEdits(edits), definitions);
    if (findings === null || findings.left.length === 0 || findings.foreign.length > 0) break;
    const before = definitions.length;
    for (const location of findings.left) {
      const [path, position] = [pathFromUri(location.uri), startOf(location.range)];
      const more = await rename(session, path, position, newName);
      if (more === null) continue;
      const referring = await locations(session, 'references', path, position);
      edits.push(await withLeftOutFiles(files, more, referring, oldName, newName));
      definitions.push(...(await locations(session, 'definition', path, position)));
      references.push(...referring);
    }
    if (definitions.length === before) break;
  }
  return { edit: joinedEdits(edits), definitions, references, findings };
}

/**
 * Finds what an edit leaves of the old name on the objects of every class that `definitions` are members of, and of those below it, by asking over
 * the files after it. Null when none is a member of a class.
 */
export async function findOverrides({ bench, files, session, oldName, newName, holding }: OverrideQuestion, edit: WorkspaceEdit, definitions: readonly Location[]): Promise<OverrideFindings | null> {
  const tops = await memberClasses(files, definitions);
  if (tops.length === 0) return null;
  const renamed = await readRenamedEdit(files, edit, oldName, newName);
  const probed = await probesFor(files, renamed, await classesBelow(session, files, tops), oldName, newName);
  const isOurs = ourPlaces(renamed, definitions);
  const ask = async (after: Session): Promise<OverrideFindings> => {
    await lookInto(after, holding);
    return askProbes(after, files, renamed, probed, isOurs);
  };
  return askEdited(bench, new Map([...contentsOf(renamed), ...probed.contents]), (lab) => lab.navigate(session.spec, ask));
}

/** The whole texts of the edited files. */
export function contentsOf({ texts }: RenamedEdit): Map<string, string> {
  return new Map([...texts].map(([path, text]) => [path, text.after.text]));
}

async function memberClasses(files: RenameFiles, definitions: readonly Location[]): Promise<Parameters<typeof classesBelow>[2]> {
  const found = [];
  for (const { uri, range } of definitions) {
    const path = pathFromUri(uri);
    if (uri.startsWith('ext:') || !files.has(path)) continue;
    const { structure, document } = await files.read(path);
    const declaration = classOfMember(structure, document, range);
    if (declaration !== null) found.push({ path, declaration });
  }
  return found;
}

function ourPlaces(renamed: RenamedEdit, definitions: readonly Location[]): (location: Location) => boolean {
  const starts = new Set<string>();
  for (const { uri, range } of definitions) {
    const after = uri.startsWith('ext:') ? null : afterOf(renamed, pathFromUri(uri), range);
    if (after !== null) starts.add(`${uri}@${String(after[0])}:${String(after[1])}`);
  }
  for (const place of renamed.places) starts.add(`${uriFromPath(place.path)}@${String(place.after[0])}:${String(place.after[1])}`);
  return ({ uri, range }) => starts.has(`${uri}@${String(range[0])}:${String(range[1])}`);
}
