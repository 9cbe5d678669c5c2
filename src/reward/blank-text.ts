import type { Range } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';

/** Returns `text` with every character between the offsets replaced by one space, line ends kept: no position moves. */
export function blankOffsets(text: string, extents: readonly (readonly [number, number])[]): string {
  let result = '';
  let done = 0;
  for (const [start, end] of [...extents].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const from = Math.max(start, done);
    if (end <= from) continue;
    result += text.slice(done, from) + text.slice(from, end).replace(/[^\r\n]+/g, (run) => ' '.repeat(run.length));
    done = end;
  }
  return result + text.slice(done);
}

export function blankRanges(document: TextDocument, ranges: readonly Range[]): string {
  return blankOffsets(
    document.text,
    ranges.map((range) => [document.offsetAt({ line: range[0], character: range[1] }), document.offsetAt({ line: range[2], character: range[3] })]),
  );
}
