import type { Location } from '../base/location.js';
import type { Position } from '../base/range.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { TextDocument } from '../base/text-document.js';
import { locations } from '../lsp/navigation.js';
import { lookInto, requireOffered } from '../lsp/questions.js';
import type { Session } from '../lsp/session.js';

export interface ReferenceTarget {
  readonly path: string;
  readonly position: Position;
  /** What stands there; null for no name. */
  readonly name: string | null;
  readonly includeDeclaration: boolean;
}

/** The files that the server sees: the workspace's, or those of a tree. */
export interface SeenFiles {
  /** The files of the server's languages that hold a name. */
  readonly holding: (name: string) => Promise<readonly string[]>;
  /** Null for what is no file of theirs. */
  readonly document: (path: string) => Promise<TextDocument | null>;
}

const NAME = /^[#\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * Returns every reference to the thing at a place. What a server leaves out unless it is open (see lookInto) must not depend on what it was
 * asked before: every file that holds a name of the thing is opened, and those that hold what others import it as.
 */
export async function referencesWhenOpen(session: Session, { path, position, name, includeDeclaration }: ReferenceTarget, files: SeenFiles): Promise<Location[]> {
  const ask = (withDeclaration: boolean): Promise<Location[]> => locations(session, 'references', path, position, withDeclaration);
  requireOffered(session, 'references');
  if (!session.spec.seesMoreWhenOpen || name === null) return ask(includeDeclaration);
  const seen = new Set([name]);
  await openHolding(session, files, [name]);
  for (;;) {
    // `export { name as other }` counts as a declaration.
    const found = await ask(true);
    const more = (await namesAt(files, found)).filter((other) => !seen.has(other));
    for (const other of more) seen.add(other);
    if (!(await openHolding(session, files, more))) return includeDeclaration ? found : ask(false);
  }
}

/** What stands at these places, where it is a name. */
async function namesAt(files: SeenFiles, places: readonly Location[]): Promise<string[]> {
  const names = new Set<string>();
  for (const { uri, range } of places) {
    const text = uri.startsWith('ext:') ? undefined : (await files.document(pathFromUri(uri)))?.slice(range);
    if (text !== undefined && NAME.test(text)) names.add(text);
  }
  return [...names];
}

/** Opens the files that hold one of these names. False when they all were open. */
async function openHolding(session: Session, files: SeenFiles, names: readonly string[]): Promise<boolean> {
  const before = session.documents.paths.length;
  for (const name of names) await lookInto(session, await files.holding(name));
  return session.documents.paths.length > before;
}
