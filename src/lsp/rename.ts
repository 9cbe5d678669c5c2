import { Failure } from '../base/failure.js';
import { touches, type Position, type Range } from '../base/range.js';
import type { WorkspaceEdit } from '../base/workspace-edit.js';
import { askServer, QUESTIONS } from './questions.js';
import type { Session } from './session.js';
import { isFields, isRange, malformedAnswer, type WireRange } from './wire.js';
import { readWorkspaceEdit } from './workspace-edit.js';

/** What a server says about renaming the thing at a place. `reason` is in the server's words, where it gave any. */
export type RenameOffer =
  | { readonly kind: 'offered'; readonly range: Range | null; readonly placeholder: string | null }
  | { readonly kind: 'declined'; readonly reason: string | null };

/** Asks whether the thing at `position` can be renamed. A server that can only rename is taken to offer it. Throws E/UNSUPPORTED_CAP for one that cannot. */
export async function prepareRename(session: Session, path: string, position: Position): Promise<RenameOffer> {
  const provider = session.capabilities['renameProvider'];
  if (!isFields(provider) || provider['prepareProvider'] !== true) {
    if (provider !== undefined && provider !== false) return { kind: 'offered', range: null, placeholder: null };
  }
  const answer = await orDeclined(session, () => askServer(session, 'prepareRename', path, position));
  if (answer instanceof Declined) return { kind: 'declined', reason: answer.reason };
  if (answer === null) return { kind: 'declined', reason: null };
  const offer = offerOf(session, path, answer);
  // TypeScript answers for a name nearby when it is asked about a keyword.
  if (offer.range !== null && !touches(offer.range, position)) return { kind: 'declined', reason: `there is no name there; the nearest is at line ${String(offer.range[0] + 1)}, column ${String(offer.range[1] + 1)}` };
  return { kind: 'offered', ...offer };
}

/** Asks for the edits of a rename. Null when the server declines. */
export async function rename(session: Session, path: string, position: Position, newName: string): Promise<WorkspaceEdit | null> {
  const answer = await orDeclined(session, () => askServer(session, 'rename', path, position, { newName }));
  return answer === null || answer instanceof Declined ? null : readWorkspaceEdit(session, QUESTIONS.rename.method, answer);
}

class Declined {
  readonly reason: string | null;

  constructor(reason: string | null) {
    this.reason = reason;
  }
}

/** A server may decline by an error of its own; which codes mean that is in its spec. */
async function orDeclined(session: Session, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof Failure && isFields(error.details) ? error.details['code'] : undefined;
    if (typeof code !== 'number' || !session.spec.declinesRenameWith.includes(code)) throw error;
    return new Declined(wordsOf((error as Failure).cause));
  }
}

/** Words that may name a path stay out of a bundle. */
function wordsOf(cause: unknown): string | null {
  const text = cause instanceof Error ? cause.message.replace(/^.*failed with message: /s, '') : '';
  return text === '' || /[\\/]/.test(text) ? null : text;
}

function offerOf(session: Session, path: string, answer: unknown): { readonly range: Range | null; readonly placeholder: string | null } {
  const absolute = session.uris.absolutePath(path);
  const rangeOf = (range: WireRange): Range => session.codec.toRange(absolute, range);
  if (isRange(answer)) return { range: rangeOf(answer), placeholder: null };
  if (isFields(answer) && isRange(answer['range'])) return { range: rangeOf(answer['range']), placeholder: typeof answer['placeholder'] === 'string' ? answer['placeholder'] : null };
  if (isFields(answer) && answer['defaultBehavior'] === true) return { range: null, placeholder: null };
  throw malformedAnswer(session.spec.id, QUESTIONS.prepareRename.method);
}
