import { Failure } from '../base/failure.js';
import type { Lookup } from './patch-sections.js';

/** True for the form in which some agents write patches, where no diff stands beside it. */
export function isAgentPatch(text: string): boolean {
  return /^\*\*\* Begin Patch\r?$/m.test(text) && !/^diff --git |^--- .*\n\+\+\+ /m.test(text);
}

/**
 * Returns the diff that a `*** Begin Patch` document means. Its hunks name no lines: each must fit in exactly one place of its file, behind the line
 * that its `@@` names where it names one. Throws E/APPLY_CONFLICT for one that does not, E/BAD_ARGUMENT for another form.
 */
export function fromAgentPatch(text: string, lookup: Lookup): string {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const start = lines.indexOf('*** Begin Patch');
  const end = lines.indexOf('*** End Patch', start);
  if (end < 0 || lines.indexOf('*** Begin Patch', start + 1) >= 0) throw unreadable('a "*** Begin Patch" needs one "*** End Patch"');
  const parts: string[] = [];
  for (let index = start + 1; index < end; ) {
    const match = /^\*\*\* (Add|Delete|Update) File: (.+)$/.exec(lines[index] ?? '');
    if (match === null) throw unreadable(`expected "*** Add File:", "*** Delete File:" or "*** Update File:", found ${JSON.stringify(lines[index])}`);
    let next = index + 1;
    while (next < end && !/^\*\*\* (?:Add|Delete|Update) File: /.test(lines[next] ?? '')) next += 1;
    parts.push(partDiff(match[1] ?? '', (match[2] ?? '').trim(), lines.slice(index + 1, next), lookup));
    index = next;
  }
  return parts.join('');
}

function partDiff(kind: string, path: string, body: readonly string[], lookup: Lookup): string {
  if (/[\0-\x1f"\\]/.test(path)) throw unreadable(`the name ${JSON.stringify(path)} has characters that cannot be written plainly`);
  if (kind === 'Add') {
    const added = body.filter((line, index) => line !== '' || index < body.length - 1);
    if (!added.every((line) => line.startsWith('+'))) throw unreadable(`every line of the new file ${path} starts with +`);
    return `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${String(added.length)} @@\n${added.map((line) => `${line}\n`).join('')}`;
  }
  const content = lookup(path);
  if (content === null) throw conflict(path, [], 'the patch changes a file that is not there');
  if (kind === 'Delete') return `diff --git a/${path} b/${path}\ndeleted file mode 100644\n--- a/${path}\n+++ /dev/null\n${wholeFile(content)}`;
  return updateDiff(path, content, body);
}

function wholeFile(content: string): string {
  const lines = content.split('\n');
  const isEnded = lines.at(-1) === '';
  if (isEnded) lines.pop();
  return lines.length === 0 ? '' : `@@ -1,${String(lines.length)} +0,0 @@\n${lines.map((line) => `-${line}\n`).join('')}${isEnded ? '' : '\\ No newline at end of file\n'}`;
}

interface Chunk {
  readonly anchors: string[];
  readonly lines: string[];
  isAtEnd: boolean;
}

function updateDiff(path: string, content: string, body: readonly string[]): string {
  const moved = /^\*\*\* Move to: (.+)$/.exec(body[0] ?? '')?.[1]?.trim();
  const target = moved ?? path;
  const chunks = chunksOf(path, moved === undefined ? body : body.slice(1));
  const file = content.split('\n');
  const isEnded = file.at(-1) === '';
  if (isEnded) file.pop();
  let shift = 0;
  let after = 0;
  const hunks = chunks.map((chunk) => {
    const old = chunk.lines.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
    const fresh = chunk.lines.filter((line) => /^[ +]/.test(line)).map((line) => line.slice(1));
    const at = placeOf(path, file, chunk, old, after);
    after = at + old.length;
    const hunk = withContext(file, chunk.lines, at, old.length, isEnded);
    const header = `@@ -${String(hunk.start + 1)},${String(hunk.oldCount)} +${String(hunk.start + 1 + shift)},${String(hunk.oldCount + fresh.length - old.length)} @@\n`;
    shift += fresh.length - old.length;
    return header + hunk.text;
  });
  const rename = moved === undefined ? '' : `similarity index 50%\nrename from ${path}\nrename to ${target}\n`;
  const markers = hunks.length === 0 ? '' : `--- a/${path}\n+++ b/${target}\n`;
  return `diff --git a/${path} b/${target}\n${rename}${markers}${hunks.join('')}`;
}

function chunksOf(path: string, body: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  let anchors: string[] = [];
  let open: Chunk | null = null;
  for (const line of body) {
    const anchor = /^@@ ?(.*)$/.exec(line)?.[1];
    if (anchor !== undefined) {
      if (open !== null) anchors = [];
      open = null;
      if (anchor.trim() !== '') anchors.push(anchor.trim());
    } else if (line === '*** End of File') {
      if (open !== null) open.isAtEnd = true;
    } else if (/^[ +-]/.test(line) || line === '') {
      if (open === null) chunks.push((open = { anchors, lines: [], isAtEnd: false }));
      open.lines.push(line === '' ? ' ' : line);
    } else throw unreadable(`a line of the change of ${path} starts with none of space, + and -: ${JSON.stringify(line)}`);
  }
  for (const chunk of chunks) while (chunk.lines.at(-1) === ' ') chunk.lines.pop();
  return chunks.filter(({ lines }) => lines.length > 0);
}

function placeOf(path: string, file: readonly string[], chunk: Chunk, old: readonly string[], from: number): number {
  if (old.length === 0) throw conflict(path, old, 'a change that only adds lines does not say where');
  const places: number[] = [];
  for (let at = from; at + old.length <= file.length; at += 1) if (old.every((line, offset) => file[at + offset] === line) && (!chunk.isAtEnd || at + old.length === file.length)) places.push(at);
  const [last] = chunk.anchors.slice(-1);
  const anchored = file.flatMap((line, index) => (index >= from && line.trim() === last ? [index] : []));
  const fitting = places.length === 1 || anchored.length !== 1 ? places : places.filter((at) => at > (anchored[0] ?? 0)).slice(0, 1);
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return only;
  throw conflict(path, old, places.length === 0 ? 'the file does not hold these lines' : `the lines stand in ${String(places.length)} places, and nothing says which is meant`);
}

/** Git wants as much context behind a change as before it: up to three lines of the file, which are certain, are added on both sides. */
function withContext(file: readonly string[], lines: readonly string[], at: number, oldCount: number, isEnded: boolean): { start: number; oldCount: number; text: string } {
  const before = file.slice(Math.max(0, at - 3), at);
  const behind = file.slice(at + oldCount, at + oldCount + 3);
  const all = [...before.map((line) => ` ${line}`), ...lines, ...behind.map((line) => ` ${line}`)];
  const isLast = !isEnded && at + oldCount + behind.length === file.length;
  const lastOld = all.findLastIndex((line) => !line.startsWith('+'));
  const text = all.map((line, index) => `${line}\n${isLast && index === lastOld ? '\\ No newline at end of file\n' : ''}`).join('');
  return { start: at - before.length, oldCount: before.length + oldCount + behind.length, text };
}

function conflict(path: string, expected: readonly string[], reason: string): Failure {
  return new Failure('E/APPLY_CONFLICT', `the patch does not apply: ${path}: ${reason}`, {
    hint: 'Nothing was written. Give the change more lines around it, or its line numbers as a unified diff.',
    details: { conflicts: [{ path, hunk: '@@', line: 0, expected: expected.map((line) => Buffer.from(line, 'latin1').toString('utf8')), found: [], reason, nearest: null }] },
  });
}

function unreadable(reason: string): Failure {
  return new Failure('E/BAD_ARGUMENT', `the patch cannot be read: ${reason}`, { hint: 'Nothing was written.' });
}
