/** The content of a file that a patch may name, as latin1; null when there is none. */
export type Lookup = (path: string) => string | null;

/** A patch as lenient eyes read it: one part per file. Lines are bytes as latin1, without their line feeds. */
export interface PatchSection {
  /** `diff --git` and the lines after it, up to the markers. */
  headers: string[];
  oldMarker: string | null;
  newMarker: string | null;
  hunks: ReadHunk[];
  /** What a binary patch holds, as it stands. */
  binary: string[];
}

export interface ReadHunk {
  /** 1-based; null where the header names no lines. */
  readonly oldStart: number | null;
  /** What follows the second `@@`. */
  readonly tail: string;
  /** With their signs. */
  lines: string[];
}

export interface ReadSections {
  readonly sections: PatchSection[];
  readonly repairs: Set<string>;
}

/** The lines of the file that a part of a patch changes, as latin1; none where there is no such file. */
export type LinesOf = (section: PatchSection) => readonly string[];

const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/s;
const EXTENDED = /^(?:index |old mode |new mode |new file mode |deleted file mode |similarity index |dissimilarity index |rename |copy |Binary files )/;

/** True for the last line of a patch whose line feed was cut off: Git cannot read a hunk without it. A content that ends without one says so in a line of its own. */
export function isCutOff(lastLine: string): boolean {
  return /^[ +\-\\]/.test(lastLine);
}

/** How many lines of context the last hunk lacks, by its header, at the end of a patch: as many of the file before as of the file after. 0 where no hunk ends the patch. */
export function missingContext(lines: readonly string[]): number {
  const start = lines.findLastIndex((line) => HUNK_HEADER.test(line));
  const match = HUNK_HEADER.exec(lines[start] ?? '');
  const body = lines.slice(start + 1);
  if (match === null || !body.every((line) => /^[ +\-\\]|^\r?$/.test(line))) return 0;
  const left = (count: string | undefined, sign: string): number => Number(count ?? 1) - body.filter((line) => !line.startsWith('\\') && !line.startsWith(sign)).length;
  const [old, fresh] = [left(match[2], '+'), left(match[4], '-')];
  return old === fresh && old > 0 && body.at(-1)?.startsWith('\\') !== true ? old : 0;
}

/**
 * Reads every diff in a text, whatever stands around it. Hunks whose counts are wrong are counted anew: they end where the next header, a fence
 * or prose begins. What was not as it should be is named in `repairs`.
 */
export function readSections(lines: readonly string[], linesOf: LinesOf): ReadSections {
  const sections: PatchSection[] = [];
  const repairs = new Set<string>();
  const open = (): PatchSection => {
    const section: PatchSection = { headers: [], oldMarker: null, newMarker: null, hunks: [], binary: [] };
    sections.push(section);
    return section;
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const next = lines[index + 1] ?? '';
    let section = sections.at(-1);
    if (line.startsWith('diff --git ')) open().headers.push(line);
    else if (line.startsWith('--- ') && (next.startsWith('+++ ') || /^@@/.test(next))) {
      if (section === undefined || section.oldMarker !== null || section.hunks.length > 0) section = open();
      section.oldMarker = line;
      if (next.startsWith('+++ ')) {
        section.newMarker = next;
        index += 1;
      }
    } else if (section !== undefined && /^@@/.test(line)) index = readHunk(lines, index, section, linesOf(section), repairs);
    else if (section !== undefined && line === 'GIT binary patch') index = readBinary(lines, index, section);
    else if (section !== undefined && section.oldMarker === null && section.headers.length > 0 && EXTENDED.test(line)) section.headers.push(line);
    else if (line.startsWith('```')) repairs.add('took the diff out of a Markdown fence');
  }
  return { sections, repairs };
}

function readBinary(lines: readonly string[], start: number, section: PatchSection): number {
  let end = start;
  while (end < lines.length && !(lines[end] ?? '').startsWith('diff --git ')) end += 1;
  section.binary = lines.slice(start, end);
  return end - 1;
}

/** Reads a hunk by its counts where they are right, else up to what ends it. Returns the index of its last line. */
function readHunk(lines: readonly string[], start: number, section: PatchSection, file: readonly string[], repairs: Set<string>): number {
  const match = HUNK_HEADER.exec(lines[start] ?? '');
  const stated = match === null ? null : countedEnd(lines, start, Number(match[2] ?? 1), Number(match[4] ?? 1));
  const loose = looseEnd(lines, start, file);
  const counted = stated !== null && endsInLayout(lines, start, stated, loose, file) ? null : stated;
  const end = counted ?? loose;
  const body = lines.slice(start + 1, end + 1).map((line) => {
    if (/^[ +\-\\]/.test(line)) return line;
    if (line.trim() !== '') repairs.add('gave lines of context the space before them');
    return ` ${line}`;
  });
  if (match === null) repairs.add('found the lines of a hunk whose header names none');
  else if (counted === null) repairs.add('counted the lines of a hunk anew');
  section.hunks.push({ oldStart: match === null ? null : Number(match[1]), tail: match?.[5] ?? '', lines: body });
  return end;
}

/** The index of the last line when exactly as many lines follow as the header says; else null. */
function countedEnd(lines: readonly string[], start: number, oldCount: number, newCount: number): number | null {
  let [oldLeft, newLeft, index] = [oldCount, newCount, start];
  while (oldLeft > 0 || newLeft > 0) {
    index += 1;
    const line = lines[index];
    if (line === undefined || isHeader(lines, index) || !/^(?:[ +\-\\]|$|\r$)/.test(line)) return null;
    if (line.startsWith('\\')) continue;
    if (!line.startsWith('+')) oldLeft -= 1;
    if (!line.startsWith('-')) newLeft -= 1;
    if (oldLeft < 0 || newLeft < 0) return null;
  }
  if ((lines[index + 1] ?? '').startsWith('\\')) index += 1;
  const next = lines[index + 1] ?? '';
  return /^[ +-]/.test(next) && next.trim() !== '' && !isHeader(lines, index + 1) && !isSignature(next) ? null : index;
}

/**
 * True when the count takes blank lines for context that only part the hunk from what follows: the file holds the hunk without them, and not
 * with them.
 */
function endsInLayout(lines: readonly string[], start: number, counted: number, loose: number, file: readonly string[]): boolean {
  const blank = lines.slice(loose + 1, counted + 1);
  if (blank.length === 0 || blank.some((line) => line.trim() !== '')) return false;
  const old = (end: number): string[] => lines.slice(start + 1, end + 1).filter((line) => !/^[+\\]/.test(line)).map((line) => line.slice(1).replace(/\r$/, ''));
  return holds(file, old(loose)) && !holds(file, old(counted));
}

function holds(file: readonly string[], wanted: readonly string[]): boolean {
  return file.some((_, at) => wanted.every((line, offset) => line === file[at + offset]?.replace(/\r$/, '')));
}

/** Blank lines at the end belong to what is between two diffs. */
function looseEnd(lines: readonly string[], start: number, file: readonly string[]): number {
  let end = start;
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (isHeader(lines, index) || /^(?:@@|```|\*\*\* )/.test(line) || isSignature(line)) break;
    const isBody = /^[ +\-\\]/.test(line) && line.trim() !== '';
    if (isBody || (line.trim() !== '' && file.includes(line))) end = index;
    else if (line.trim() !== '') break;
  }
  return end;
}

function isHeader(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  return line.startsWith('diff --git ') || (line.startsWith('--- ') && (lines[index + 1] ?? '').startsWith('+++ ') && /^@@/.test(lines[index + 2] ?? '@@'));
}

/** What mail programs put under a patch. */
function isSignature(line: string): boolean {
  return /^-- ?\r?$/.test(line);
}

/** Returns the sections as a patch with true counts. */
export function printSections(sections: readonly PatchSection[]): string {
  return sections.map((section) => {
    const markers = [section.oldMarker, section.newMarker].filter((line) => line !== null);
    let shift = 0;
    const hunks = section.hunks.flatMap(({ oldStart, tail, lines }) => {
      const oldCount = lines.filter((line) => /^[ -]/.test(line)).length;
      const newCount = lines.filter((line) => /^[ +]/.test(line)).length;
      const start = oldStart ?? 1;
      const header = `@@ -${String(start)},${String(oldCount)} +${String(Math.max(newCount === 0 ? 0 : 1, start + shift + (oldCount === 0 && newCount > 0 ? 1 : 0)))},${String(newCount)} @@${tail}`;
      shift += newCount - oldCount;
      return [header, ...lines];
    });
    return [...section.headers, ...markers, ...hunks, ...section.binary].map((line) => `${line}\n`).join('');
  }).join('');
}
