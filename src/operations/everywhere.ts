import type { Location } from '../base/location.js';
import { startOf } from '../base/range.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import { locations } from '../lsp/navigation.js';
import { offers, requireOffered, type Question } from '../lsp/questions.js';
import type { Session } from '../lsp/session.js';
import { identifierAt } from '../selectors/identifier.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { SelectorPlace } from './ask-at.js';
import { referencesWhenOpen } from './references-when-open.js';
import type { Workbench } from './workbench.js';

/** Who is asked about what. */
export interface Everywhere {
  readonly bench: Workbench;
  readonly session: Session;
  readonly snapshot: Snapshot;
  readonly place: SelectorPlace;
}

/** Returns every reference to the thing at a place of the workspace; see referencesWhenOpen. */
export async function referencesEverywhere(everywhere: Everywhere, includeDeclaration: boolean): Promise<Location[]> {
  const { bench, session, snapshot, place } = everywhere;
  const range = identifierAt(place.file.document, startOf(place.range), true);
  const found = await referencesWhenOpen(session, { path: place.file.path, position: startOf(place.range), name: range === null ? null : place.file.document.slice(range), includeDeclaration }, {
    holding: (name) => bench.sources.holding(snapshot, session.spec, name),
    document: async (path) => (snapshot.files.has(path) ? (await bench.sources.read(snapshot, path)).document : null),
  });
  return session.spec.findsLibraryUsesByChance && range !== null ? withoutLibraryUses(everywhere, found) : found;
}

/** Leaves out what lies outside the workspace and does not declare the thing: which libraries a server has read depends on what it was asked before. */
async function withoutLibraryUses({ session, place }: Everywhere, found: readonly Location[]): Promise<Location[]> {
  if (!found.some(({ uri }) => uri.startsWith('ext:'))) return [...found];
  const keyOf = ({ uri, range }: Location): string => `${uri}@${String(range[0])}:${String(range[1])}`;
  const declared = new Set<string>();
  for (const question of (['definition', 'declaration'] as const).filter((each) => offers(session, each))) {
    for (const item of await locations(session, question, place.file.path, startOf(place.range))) declared.add(keyOf(item));
  }
  return found.filter((item) => !item.uri.startsWith('ext:') || declared.has(keyOf(item)));
}

/**
 * Opens what referencesEverywhere opens, for another question about all of the workspace. Returns `truncated` when the server answers for one
 * project and files of another one refer to the thing.
 */
export async function lookEverywhere(everywhere: Everywhere, question: Question): Promise<Pick<BundleFacts, 'truncated'>> {
  const { session, snapshot, place } = everywhere;
  // Whoever cannot answer is not made to read the workspace.
  requireOffered(session, question);
  if (!session.spec.seesMoreWhenOpen || !offers(session, 'references')) return {};
  const references = await referencesEverywhere(everywhere, true);
  if (!session.spec.hierarchiesStayInProject) return {};
  const project = (path: string): string => projectOf(snapshot, session.spec.projectFiles ?? [], path);
  const inside = references.flatMap(({ uri }) => (uri.startsWith('ext:') ? [] : [pathFromUri(uri)]));
  return inside.some((path) => project(path) !== project(place.file.path)) ? { truncated: true } : {};
}

/** The nearest folder at or above a file with a project file of one of these names; empty for the workspace's own or none. */
function projectOf(snapshot: Snapshot, projectFiles: readonly string[], path: string): string {
  let folder = path;
  while (folder.includes('/')) {
    folder = folder.slice(0, folder.lastIndexOf('/'));
    if (projectFiles.some((name) => snapshot.files.has(`${folder}/${name}`))) return folder;
  }
  return '';
}
