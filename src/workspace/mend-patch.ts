import { Failure } from '../base/failure.js';
import { fromAgentPatch, isAgentPatch } from './agent-patch.js';
import { isCutOff, printSections, readSections, type Lookup, type PatchSection, type ReadHunk } from './patch-sections.js';
import { pathOfMarker, pathsOfGitHeader, withoutParts } from './patch-paths.js';

export interface MendedPatch {
  readonly patch: Buffer;
  /** What was not as `git apply` needs it, as sentences; empty when the patch is as it came. */
  readonly repairs: readonly string[];
}

/**
 * Returns a patch, as a model wrote it, in the form that Git reads. Mended is only what can be meant in one way: fences and prose around it, line
 * counts, a missing last line feed, missing `---`, `+++` and `new file mode` lines, names with and without `a/` and `b/` in one patch, carriage returns on every
 * line, hunks without line numbers that fit in one place, hunks of context alone. What fits nowhere is left to Git to refuse.
 */
export function mendPatch(patch: Buffer, lookup: Lookup): MendedPatch {
  const text = patch.toString('latin1');
  if (isAgentPatch(text)) return { patch: Buffer.from(fromAgentPatch(text, lookup), 'latin1'), repairs: ['turned the "*** Begin Patch" form into a diff'] };
  const repairs = new Set<string>();
  const lines = linesOf(text, repairs);
  const read = readSections(lines, (section) => (contentOf(section, lookup) ?? '').split('\n'));
  for (const repair of read.repairs) repairs.add(repair);
  for (const section of read.sections) dropIdle(section, repairs);
  for (const section of read.sections) mendHeaders(section, lookup, repairs);
  mendPrefixes(read.sections, lookup, repairs);
  for (const section of read.sections) placeHunks(section, lookup);
  if (repairs.size === 0 || read.sections.length === 0) return { patch, repairs: [] };
  return { patch: Buffer.from(printSections(read.sections), 'latin1'), repairs: [...repairs] };
}

/**
 * Returns the patch with the line endings of the files that it changes, where a file and its hunks each keep to one kind and these
 * differ; null when there is no such file.
 */
export function mendLineEndings({ patch, repairs }: MendedPatch, lookup: Lookup): MendedPatch | null {
  const { sections } = readSections(patch.toString('latin1').split('\n'), () => []);
  let isChanged = false;
  for (const section of sections) {
    const content = contentOf(section, lookup);
    const body = section.hunks.flatMap((hunk) => hunk.lines.filter((line) => !line.startsWith('\\')));
    if (content === null || body.length === 0) continue;
    const isCrlf = content.includes('\r\n') && !/(?:^|[^\r])\n/.test(content);
    const convert = isCrlf && !body.some((line) => line.endsWith('\r')) ? (line: string) => `${line}\r` : !content.includes('\r') && body.every((line) => line.endsWith('\r')) ? (line: string) => line.slice(0, -1) : null;
    if (convert === null) continue;
    isChanged = true;
    for (const hunk of section.hunks) hunk.lines = hunk.lines.map((line, index) => (line.startsWith('\\') || (hunk.lines[index + 1] ?? '').startsWith('\\') ? line : convert(line)));
  }
  return isChanged ? { patch: Buffer.from(printSections(sections), 'latin1'), repairs: [...repairs, 'gave the lines the line endings of the file'] } : null;
}

/** A patch whose headers end in carriage returns was converted as a whole. */
function linesOf(text: string, repairs: Set<string>): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else if (isCutOff(lines.at(-1) ?? '')) repairs.add('ended the last line');
  const headers = lines.filter((line) => /^(?:--- |\+\+\+ |@@ |diff --git )/.test(line));
  if (headers.length === 0 || !headers.every((line) => line.endsWith('\r'))) return lines;
  repairs.add('took carriage returns off every line of the patch');
  return lines.map((line) => line.replace(/\r$/, ''));
}

/** To Git a hunk of context alone is corrupt. It means nothing, so that nothing is lost without it. */
function dropIdle(section: PatchSection, repairs: Set<string>): void {
  const effective = section.hunks.filter(({ lines }) => lines.some((line) => /^[+-]/.test(line)));
  if (effective.length === section.hunks.length || effective.length === 0) return;
  section.hunks = effective;
  repairs.add('left out a hunk that changes nothing');
}

function mendHeaders(section: PatchSection, lookup: Lookup, repairs: Set<string>): void {
  const named = pathsOfGitHeader((section.headers[0] ?? '').replace(/^diff --git /, ''));
  if (section.hunks.length > 0 && section.oldMarker === null && named !== null) {
    [section.oldMarker, section.newMarker] = [`--- ${named[0]}`, `+++ ${named[1]}`];
    repairs.add('added the --- and +++ lines');
  }
  if (section.oldMarker !== null && section.newMarker === null) {
    const path = pathOfMarker(section.oldMarker.slice(4));
    section.newMarker = `+++ ${path === null ? '/dev/null' : path.replace(/^a\//, 'b/')}`;
    repairs.add('added the +++ line');
  }
  if (section.oldMarker === null || section.newMarker === null || section.headers.length === 0) return;
  const says = (header: string): boolean => section.headers.some((line) => line.startsWith(header));
  const isPure = (sign: string): boolean => section.hunks.length === 1 && section.hunks.every(({ lines }) => lines.every((line) => line.startsWith(sign) || line.startsWith('\\')));
  const isMoved = says('rename ') || says('copy ');
  if (!says('new file mode') && !isMoved && isPure('+') && (pathOfMarker(section.oldMarker.slice(4)) === null || contentOf(section, lookup) === null)) {
    section.oldMarker = '--- /dev/null';
    section.headers.splice(1, 0, 'new file mode 100644');
    repairs.add('said that a file is new');
  }
  if (!says('deleted file mode') && pathOfMarker(section.newMarker.slice(4)) === null && isPure('-')) {
    section.headers.splice(1, 0, 'deleted file mode 100644');
    repairs.add('said that a file is deleted');
  }
}

/** Where some names have `a/` and `b/` and others have not, all of them get them. */
function mendPrefixes(sections: readonly PatchSection[], lookup: Lookup, repairs: Set<string>): void {
  const bare = sections.filter((section) => isBare(section, lookup));
  if (bare.length === 0) return;
  repairs.add('took the names as they are, without a/ and b/');
  for (const section of bare) {
    if (section.headers.length > 0 && (section.headers[0] ?? '').startsWith('diff --git ')) {
      const named = pathsOfGitHeader((section.headers[0] ?? '').slice('diff --git '.length));
      if (named !== null && !named[0].startsWith('a/')) section.headers[0] = `diff --git a/${named[0]} b/${named[1]}`;
    }
    section.oldMarker = prefixed(section.oldMarker, '--- ', 'a/');
    section.newMarker = prefixed(section.newMarker, '+++ ', 'b/');
  }
}

function prefixed(marker: string | null, lead: string, prefix: string): string | null {
  if (marker === null || pathOfMarker(marker.slice(4)) === null) return marker;
  const rest = marker.slice(4);
  if (rest.startsWith(prefix)) return marker;
  return rest.startsWith('"') ? `${lead}"${prefix}${rest.slice(1)}` : `${lead}${prefix}${rest}`;
}

/** True when the file is there under its whole name only; a new one, when its name does not start as Git's do. */
function isBare({ oldMarker, newMarker }: PatchSection, lookup: Lookup): boolean {
  if (oldMarker === null || newMarker === null) return false;
  const [old, fresh] = [pathOfMarker(oldMarker.slice(4)), pathOfMarker(newMarker.slice(4))];
  if (old !== null) return lookup(old) !== null && lookup(withoutParts(old, 1)) === null;
  return fresh !== null && !/^[a-z]\//.test(fresh);
}

/** A hunk whose header names no lines stands where its old lines are, if that is one place. */
function placeHunks(section: PatchSection, lookup: Lookup): void {
  if (section.hunks.every(({ oldStart }) => oldStart !== null)) return;
  const content = contentOf(section, lookup);
  const lines = (content ?? '').split('\n');
  section.hunks = section.hunks.map((hunk) => (hunk.oldStart === null ? { ...hunk, oldStart: onlyPlace(lines, hunk, pathOfMarker((section.oldMarker ?? '').slice(4)) ?? '') } : hunk));
}

function onlyPlace(lines: readonly string[], { lines: body }: ReadHunk, path: string): number {
  const old = body.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
  if (old.length === 0 && lines.join('') === '') return 0;
  const places = old.length === 0 ? [] : placesOf(lines, old);
  const [only] = places;
  if (places.length === 1 && only !== undefined) return only + 1;
  const reason = places.length === 0 ? 'the file does not hold these lines' : `a hunk without line numbers fits in ${String(places.length)} places`;
  throw new Failure('E/APPLY_CONFLICT', `the patch does not apply: ${path}: ${reason}`, {
    hint: 'Nothing was written. Give the hunk its line numbers, or more lines around the change.',
    details: { conflicts: [{ path, hunk: '@@', line: 0, expected: old.map(decoded), found: [], reason, nearest: null }] },
  });
}

/** The 0-based lines at which `wanted` stands. */
function placesOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const places: number[] = [];
  for (let at = lines.indexOf(wanted[0] ?? ''); at >= 0; at = lines.indexOf(wanted[0] ?? '', at + 1)) if (wanted.every((line, offset) => lines[at + offset] === line)) places.push(at);
  return places;
}

function decoded(line: string): string {
  return Buffer.from(line, 'latin1').toString('utf8');
}

function contentOf({ oldMarker, headers }: PatchSection, lookup: Lookup): string | null {
  const path = oldMarker === null ? (pathsOfGitHeader((headers[0] ?? '').replace(/^diff --git /, ''))?.[0] ?? null) : pathOfMarker(oldMarker.slice(4));
  return path === null ? null : (lookup(withoutParts(path, 1)) ?? lookup(path));
}
