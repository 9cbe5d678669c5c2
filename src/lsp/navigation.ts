import type { Location } from '../base/location.js';
import type { Position, Range } from '../base/range.js';
import { askServer, listFrom, QUESTIONS, toLocation, type Question } from './questions.js';
import type { Session } from './session.js';
import { isFields, isLocation, isRange, malformedAnswer, markupText } from './wire.js';

export type LocationQuestion = Extract<Question, 'definition' | 'declaration' | 'typeDefinition' | 'implementation' | 'references'>;

/** Returns where the server sends the symbol at `position` of a file. Empty means that the server looked and found nothing. */
export async function locations(session: Session, question: LocationQuestion, path: string, position: Position, includeDeclaration = true): Promise<Location[]> {
  const answer = await askServer(session, question, path, position, question === 'references' ? { context: { includeDeclaration } } : {});
  const list: unknown[] = answer === null ? [] : Array.isArray(answer) ? answer : [answer];
  return list.map((location) => {
    if (!isLocation(location)) throw malformedAnswer(session.spec.id, QUESTIONS[question].method);
    return toLocation(session, location);
  });
}

/** Returns the places in the same file that are about the symbol at `position`. */
export async function highlights(session: Session, path: string, position: Position): Promise<Location[]> {
  const { method } = QUESTIONS.highlights;
  const uri = session.uris.fileUri(path);
  return listFrom(session, method, await askServer(session, 'highlights', path, position)).map((item) => {
    const range = isFields(item) ? item['range'] : null;
    if (!isRange(range)) throw malformedAnswer(session.spec.id, method);
    return toLocation(session, { uri, range });
  });
}

/** Returns the hover text as Markdown and the range that it is about; null when there is nothing to say there. */
export async function hover(session: Session, path: string, position: Position): Promise<{ contents: string; range: Range | null } | null> {
  const answer = await askServer(session, 'hover', path, position);
  if (answer === null) return null;
  const contents = isFields(answer) ? hoverText(answer['contents']) : null;
  const range = isFields(answer) ? (answer['range'] ?? null) : null;
  if (contents === null || (range !== null && !isRange(range))) throw malformedAnswer(session.spec.id, QUESTIONS.hover.method);
  return { contents: session.uris.textOf(contents), range: range === null ? null : session.codec.toRange(session.uris.absolutePath(path), range) };
}

/** Null for what is neither of LSP's three forms of a hover text. */
function hoverText(contents: unknown): string | null {
  if (!Array.isArray(contents)) return markupText(contents);
  const parts = contents.map(markupText);
  return parts.includes(null) ? null : parts.join('\n\n');
}
