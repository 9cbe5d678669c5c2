import type { Position, Range } from './range.js';
import { TextDocument } from './text-document.js';
import type { TextEdit } from './workspace-edit.js';

interface Splice {
  readonly edit: TextEdit;
  readonly start: number;
  readonly end: number;
  /** Where the new text starts after all edits. */
  readonly afterStart: number;
}

/** One text before and after edits that do not overlap, and the way from a place in one to the same place in the other. */
export class EditedText {
  readonly before: TextDocument;
  readonly after: TextDocument;
  private readonly splices: readonly Splice[];

  constructor(text: string, edits: readonly TextEdit[]) {
    this.before = new TextDocument(text);
    const offset = (position: Position): number => this.before.offsetAt(position);
    const sorted = edits.map((edit) => ({ edit, start: offset(edit.range.start), end: offset(edit.range.end) })).sort((a, b) => a.start - b.start || a.end - b.end);
    const splices: Splice[] = [];
    let result = '';
    let at = 0;
    for (const { edit, start, end } of sorted) {
      result += text.slice(at, start);
      splices.push({ edit, start, end, afterStart: result.length });
      result += edit.newText;
      at = end;
    }
    this.after = new TextDocument(result + text.slice(at));
    this.splices = splices;
  }

  /** Where a part of an edit's new text stands afterwards: `from` characters into it, `length` long. */
  placeOf(edit: TextEdit, from: number, length: number): Range | null {
    const splice = this.splices.find((candidate) => candidate.edit === edit);
    return splice === undefined ? null : this.after.rangeOf(splice.afterStart + from, splice.afterStart + from + length);
  }

  /** Where text that no edit touches stands afterwards; null for text that one touches. */
  toAfter(range: Range): Range | null {
    const [start, end] = offsetsOf(this.before, range);
    let shift = 0;
    for (const splice of this.splices) {
      if (splice.end <= start) shift = splice.afterStart + splice.edit.newText.length - splice.end;
      else if (splice.start >= end) break;
      else return null;
    }
    return this.after.rangeOf(start + shift, end + shift);
  }

  /** Where text stood before; null for text that an edit brought. */
  toBefore(range: Range): Range | null {
    const [start, end] = offsetsOf(this.after, range);
    let shift = 0;
    for (const { edit, end: splicedEnd, afterStart } of this.splices) {
      const afterEnd = afterStart + edit.newText.length;
      if (afterEnd <= start) shift = splicedEnd - afterEnd;
      else if (afterStart >= end) break;
      else return null;
    }
    return this.before.rangeOf(start + shift, end + shift);
  }
}

function offsetsOf(document: TextDocument, [startLine, startCharacter, endLine, endCharacter]: Range): readonly [number, number] {
  return [document.offsetAt({ line: startLine, character: startCharacter }), document.offsetAt({ line: endLine, character: endCharacter })];
}
