import { extname } from 'node:path';
import type { Range } from '../../base/range.js';
import type { TextDocument } from '../../base/text-document.js';
import { shuffled } from '../../base/shuffled.js';
import { groupBy } from '../../base/group-by.js';
import { parseTokens } from '../../selectors/structure.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import type { SourceFiles } from '../source-files.js';

/** One question about a file (`diag`), or about a place in it. */
export interface SampledQuestion {
  readonly cmd: 'def' | 'refs' | 'hover' | 'diag';
  readonly path: string;
  /** Of the name that is asked about; the start of the file for `diag`. */
  readonly range: Range;
}

const BYTES_MAX = 512 * 1024;
const FILES_MAX = 200;

/**
 * Returns at most `count` questions about some of the files: about as many of each kind of question and of each extension, at names that
 * are spread over the files, ordered by place. The same files and seed give the same questions.
 */
export async function sampleQuestions(sources: SourceFiles, snapshot: Snapshot, files: readonly string[], { count, seed }: { readonly count: number; readonly seed: number }): Promise<SampledQuestion[]> {
  const readable = files.filter((path) => (snapshot.files.get(path)?.size ?? Infinity) <= BYTES_MAX && snapshot.files.get(path)?.mode !== 'symlink');
  const sampled = alternating([...groupBy(shuffled([...readable].sort(), seed), (path) => extname(path)).values()]).slice(0, FILES_MAX);
  const hovers: SampledQuestion[][] = [];
  const definitions: SampledQuestion[][] = [];
  const references: SampledQuestion[][] = [];
  for (const path of sampled) {
    const { document, structure } = await sources.read(snapshot, path);
    // Grammars call every name some kind of identifier.
    const names = (await parseTokens(path, document.text))?.tokens.filter(({ type }) => type.endsWith('identifier')).map(({ range }) => range) ?? wordsOf(document);
    hovers.push(shuffled(names, seed).map((range) => ({ cmd: 'hover', path, range })));
    definitions.push(shuffled(names, seed + 1).map((range) => ({ cmd: 'def', path, range })));
    const declared = structure?.declarations.filter(({ kind }) => kind !== 'import' && kind !== 'module').map(({ nameRange }) => nameRange) ?? names;
    references.push(shuffled(declared, seed).map((range) => ({ cmd: 'refs', path, range })));
  }
  const checks = sampled.map((path): SampledQuestion => ({ cmd: 'diag', path, range: [0, 0, 0, 0] }));
  const all = alternating([alternating(hovers), alternating(definitions), alternating(references), checks]);
  return [...new Map(all.map((question) => [keyOf(question), question])).values()].slice(0, count).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What may be a name where no grammar says what is. */
function wordsOf(document: TextDocument): Range[] {
  return [...document.text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)].map(({ index, 0: word }) => document.rangeOf(index, index + word.length));
}

function keyOf({ path, range, cmd }: SampledQuestion): string {
  return JSON.stringify([path, range.map((part) => String(part).padStart(8, '0')), cmd]);
}

/** The first of each list, then the second of each, and so on. */
function alternating<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_unused, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
