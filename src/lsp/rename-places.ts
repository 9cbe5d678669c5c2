import type { Location } from '../base/location.js';
import type { Position } from '../base/range.js';
import { prepare, toLocation } from './questions.js';
import type { Session } from './session.js';
import { isFields, isRange, malformedAnswer } from './wire.js';

const METHOD = 'textDocument/rename';

export interface RenamePlaces {
  readonly places: readonly Location[];
  /** True when some places get more than the new name, such as `export { new as old }`: then others may keep the old one. */
  readonly usesAliases: boolean;
}

/** Returns what the server would change to rename what stands at a position; null when it does not offer to. */
export async function renamePlaces(session: Session, path: string, position: Position, newName: string): Promise<RenamePlaces | null> {
  const offered = session.capabilities['renameProvider'] ?? session.capabilities[METHOD];
  if (offered === undefined || offered === null || offered === false) return null;
  await prepare(session, path);
  const params = { textDocument: { uri: session.uris.fileUri(path) }, position: session.codec.toWire(session.uris.absolutePath(path), position), newName };
  const answer = await session.request(METHOD, params);
  if (answer === null) return { places: [], usesAliases: false };
  if (!isFields(answer)) throw malformedAnswer(session.spec.id, METHOD);
  const byDocument = [...changesOf(answer['changes']), ...documentChangesOf(answer['documentChanges'])];
  const edits = byDocument.flatMap(([uri, list]) =>
    list.map((edit) => {
      if (!isFields(edit) || !isRange(edit['range'])) throw malformedAnswer(session.spec.id, METHOD);
      return { place: toLocation(session, { uri, range: edit['range'] }), newText: edit['newText'] };
    }),
  );
  return { places: edits.map(({ place }) => place), usesAliases: edits.some(({ newText }) => typeof newText === 'string' && / as |: /.test(newText)) };
}

function changesOf(changes: unknown): (readonly [uri: string, edits: readonly unknown[]])[] {
  return isFields(changes) ? Object.entries(changes).flatMap(([uri, edits]) => (Array.isArray(edits) ? [[uri, edits as unknown[]] as const] : [])) : [];
}

function documentChangesOf(changes: unknown): (readonly [uri: string, edits: readonly unknown[]])[] {
  return (Array.isArray(changes) ? changes : []).flatMap((change: unknown) => {
    const document = isFields(change) ? change['textDocument'] : null;
    const edits = isFields(change) ? change['edits'] : null;
    return isFields(document) && typeof document['uri'] === 'string' && Array.isArray(edits) ? [[document['uri'], edits as unknown[]] as const] : [];
  });
}
