import { startOf, type Position } from '../base/range.js';
import { askServer, QUESTIONS } from './questions.js';
import type { Session } from './session.js';
import { isAbsent, isFields, isRange, malformedAnswer, type WireRange } from './wire.js';

export interface Completion {
  readonly label: string;
  readonly kind: string | null;
  readonly detail: string | null;
  /** What to write in place of the name that was begun, where it is not the label. */
  readonly insertText: string | null;
}

/** The place to complete at: `typed` is the part of a name that stands directly before it, `line` the text of its line. */
export interface CompletionPlace {
  readonly position: Position;
  readonly line: string;
  readonly typed: string;
}

/**
 * Returns what could stand at a place, as the server ranks it; what it ranks equal, by label. Only names that begin with what was
 * typed, in either case. Left out is what would also edit elsewhere, such as an import: its text alone would be wrong.
 */
export async function completions(session: Session, path: string, place: CompletionPlace): Promise<Completion[]> {
  const answer = await askServer(session, 'completion', path, place.position, { context: { triggerKind: INVOKED } });
  const items = answer === null ? [] : isFields(answer) ? answer['items'] : answer;
  const malformed = (): Error => malformedAnswer(session.spec.id, QUESTIONS.completion.method);
  if (!Array.isArray(items)) throw malformed();
  const absolute = session.uris.absolutePath(path);
  const ranked = items.map((item) => {
    if (!isItem(item)) throw malformed();
    const { range, insert } = item.textEdit ?? {};
    const replaced = range ?? insert;
    return toRanked(item, place, replaced === undefined ? null : startOf(session.codec.toRange(absolute, replaced)).character);
  });
  const begun = place.typed.toLowerCase();
  const fitting = ranked.filter(({ filter, editsElsewhere }) => !editsElsewhere && filter.toLowerCase().startsWith(begun));
  return fitting.sort(compareRanked).map(({ completion }) => completion);
}

interface WireCompletion {
  readonly label: string;
  readonly kind?: number | null;
  readonly detail?: string | null;
  readonly sortText?: string | null;
  readonly filterText?: string | null;
  readonly insertText?: string | null;
  readonly textEdit?: { readonly newText: string; readonly range?: WireRange; readonly insert?: WireRange } | null;
  readonly additionalTextEdits?: readonly unknown[] | null;
}

interface Ranked {
  readonly completion: Completion;
  readonly rank: string;
  readonly filter: string;
  readonly editsElsewhere: boolean;
}

const INVOKED = 1;

/** `editStart` is the column from which the server would replace: some replace the dot before the name, too, and repeat it. */
function toRanked(item: WireCompletion, { position, line, typed }: CompletionPlace, editStart: number | null): Ranked {
  const { label, kind, detail, sortText, filterText, textEdit, additionalTextEdits } = item;
  const wordStart = position.character - typed.length;
  const front = editStart === null ? '' : line.slice(editStart, wordStart);
  const insertText = withoutFront(textEdit?.newText ?? item.insertText ?? label, front);
  return {
    completion: { label, kind: COMPLETION_KINDS[(kind ?? 0) - 1] ?? null, detail: detail ?? null, insertText: insertText === label ? null : insertText },
    rank: sortText ?? label,
    filter: withoutFront(filterText ?? label, front),
    editsElsewhere: (additionalTextEdits ?? []).length > 0,
  };
}

function withoutFront(text: string, front: string): string {
  return text.startsWith(front) ? text.slice(front.length) : text;
}

function isItem(value: unknown): value is WireCompletion {
  if (!isFields(value) || typeof value['label'] !== 'string') return false;
  const { kind, textEdit, additionalTextEdits } = value;
  const areTexts = ['detail', 'sortText', 'filterText', 'insertText'].every((key) => isAbsent(value[key]) || typeof value[key] === 'string');
  return areTexts && (isAbsent(kind) || typeof kind === 'number') && (isAbsent(textEdit) || isTextEdit(textEdit)) && (isAbsent(additionalTextEdits) || Array.isArray(additionalTextEdits));
}

function isTextEdit(value: unknown): boolean {
  return isFields(value) && typeof value['newText'] === 'string' && isRange(value['range'] ?? value['insert']);
}

/** Total, so that the order is the same however the server sent them. */
function compareRanked(a: Ranked, b: Ranked): number {
  const [left, right] = [a, b].map(({ rank, completion: { label, kind, detail, insertText } }) => [rank, label, kind ?? '', detail ?? '', insertText ?? '']);
  for (const [index, text] of (left ?? []).entries()) {
    const other = right?.[index] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** LSP's CompletionItemKind, from 1. */
const COMPLETION_KINDS = [
  'text', 'method', 'function', 'constructor', 'field', 'variable', 'class', 'interface', 'module', 'property', 'unit', 'value', 'enum',
  'keyword', 'snippet', 'color', 'file', 'reference', 'folder', 'enumMember', 'constant', 'struct', 'event', 'operator', 'typeParameter',
] as const;
