import { Failure } from '../base/failure.js';
import { blobName, sha256 } from '../base/digest.js';
import { refuseUnjailed } from '../base/jailed-path.js';
import { observe } from '../base/observe.js';
import { bytesContent, readContents, type FileContent, type FileTree, type TreeFile } from './file-tree.js';
import type { GitEntry } from './git-output.js';
import { describeConflicts, type PatchConflict } from './patch-conflicts.js';
import { scanPatch, type FilePatch } from './patch-headers.js';
import { leavesTree, withoutParts } from './patch-paths.js';
import { isCutOff, missingContext } from './patch-sections.js';
import { applyPlainPatch } from './plain-patch.js';
import { withScratchDirectory } from './scratch-directory.js';
import { ScratchIndex } from './scratch-index.js';
import { describeUnmerged, mergeAttributes, type MergeGround } from './three-way.js';

export interface PatchedTree {
  readonly tree: FileTree;
  /** The paths whose content, mode or existence the patch changed, sorted. */
  readonly touched: readonly string[];
  /** With a merge: the paths that Git merged with the contents that the patch was made from; the others were patched as they are. */
  readonly merged: readonly string[];
}

const NOTHING_WRITTEN = 'Nothing was written.';

/**
 * Returns the tree that `git apply` makes of `tree`. The patch is applied to an index in a scratch directory, never to files; one that
 * needs no Git to be understood is applied without it (applyPlainPatch).
 * With `ground` it is the tree that `git apply --3way` makes, and whatever Git marks in a file as a conflict is one here.
 * A blank patch changes nothing, and a last line feed and blank lines of context that were cut off its end are put back. Throws E/BAD_ARGUMENT for what is no patch,
 * E/APPLY_CONFLICT (details.conflicts) for what does not fit, E/FS_PERMISSIONS for paths that leave the tree.
 */
export async function applyPatch(tree: FileTree, given: Buffer, ground: MergeGround | null = null): Promise<PatchedTree> {
  const patch = ended(given);
  if (patch.toString('latin1').trim() === '') return { tree, touched: [], merged: [] };
  const files = scanPatch(patch);
  refuseEscapes(files);
  if (files.some((file) => file.hunks.length > 0 && namesOf(file, 0).length === 0)) {
    throw new Failure('E/BAD_ARGUMENT', 'a hunk of the patch names no file', { hint: `${NOTHING_WRITTEN} Of its --- and +++ lines at most one is /dev/null.` });
  }
  const strip = levelsToStrip(tree, files);
  for (const path of files.flatMap((file) => namesOf(file, strip))) refuseUnjailed(path);
  const named = new Set(files.flatMap((file) => namesOf(file, strip)).filter((path) => tree.has(path)));
  const result = await observe({ what: ground === null ? 'apply a patch' : 'merge a patch', key: sha256(patch) }, async () => (ground === null ? await applyPlainly(tree, patch, named) : null) ?? applyInScratch(tree, patch, { files, strip, named, ground }));
  return patchedTree(tree, result);
}

/** Puts back what is lost of the end of a patch when white space is cut off a text. Blank lines of context say nothing about what becomes of the file; Git looks whether it has them. */
function ended(patch: Buffer): Buffer {
  const text = patch.toString('latin1');
  const lines = text.split('\n');
  const isCut = isCutOff(lines.at(-1) ?? '');
  const blank = ' \n'.repeat(missingContext(isCut ? lines : lines.slice(0, -1)));
  return isCut || blank !== '' ? Buffer.from(`${text}${isCut ? '\n' : ''}${blank}`, 'latin1') : patch;
}

/** What Git made of the files: their entries, and where each content is to be had. */
interface PatchResult {
  readonly changed: readonly (readonly [path: string, entry: GitEntry])[];
  readonly gone: readonly string[];
  /** Contents that a file of the tree before has, by object id. */
  readonly unchanged: ReadonlyMap<string, string>;
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly merged: readonly string[];
}

interface ReadPatch {
  readonly files: readonly FilePatch[];
  readonly strip: 0 | 1;
  readonly named: ReadonlySet<string>;
  readonly ground: MergeGround | null;
}

async function applyPlainly(tree: FileTree, patch: Buffer, named: ReadonlySet<string>): Promise<PatchResult | null> {
  const read = new Map<string, Buffer>();
  await readContents(contentsOf(tree, named), (batch) => {
    for (const [{ path }, bytes] of batch) read.set(path, bytes);
    return Promise.resolve();
  });
  const patched = applyPlainPatch(tree, patch, read);
  if (patched === null) return null;
  const blobs = new Map<string, Buffer>();
  const changed = [...patched].flatMap(([path, bytes]): [string, GitEntry][] => {
    const mode = tree.get(path)?.mode;
    if (mode === undefined || read.get(path)?.equals(bytes) === true) return [];
    const oid = blobName(bytes, algorithmOf(tree));
    blobs.set(oid, bytes);
    return [[path, { mode, oid }]];
  });
  return { changed, gone: [], unchanged: new Map(), blobs, merged: [] };
}

function algorithmOf(tree: FileTree): 'sha1' | 'sha256' {
  return [...tree.values()].some((file) => file.content.oid?.length === 64) ? 'sha256' : 'sha1';
}

function contentsOf(tree: FileTree, named: ReadonlySet<string>): (readonly [{ readonly path: string; readonly file: TreeFile }, FileContent])[] {
  return [...tree].flatMap(([path, file]) => (named.has(path) ? [[{ path, file }, file.content] as const] : []));
}

async function applyInScratch(tree: FileTree, patch: Buffer, read: ReadPatch): Promise<PatchResult> {
  const { files, strip, named, ground } = read;
  return withScratchDirectory(async (directory) => {
    const algorithm = ground?.algorithm ?? algorithmOf(tree);
    const index = await ScratchIndex.create(directory, algorithm, ground === null ? '' : mergeAttributes(ground));
    for (const base of ground?.bases ?? []) await index.store(base);
    const { entries, contents } = await entriesOf(tree, named, index);
    await index.fill(entries);
    const flags = ['--cached', '--whitespace=nowarn', `-p${String(strip)}`, ...(hasNoContext(files) ? ['--unidiff-zero'] : [])];
    const outcome = await index.run(['apply', ...(ground === null ? [] : ['--3way']), ...flags, '-'], patch);
    const merged = ground === null ? [] : mergedNames(outcome.stderr, read);
    if (outcome.exitCode === 0) return { ...(await readBack(entries, await index.files(), contents, index)), merged };
    const unmerged = ground === null ? [] : await index.unmerged();
    if (ground !== null && unmerged.length > 0) throw conflictFailure(await describeUnmerged(index, unmerged, ground, (path) => files.find((file) => pathsOf(file, strip).to === path)?.hunks ?? []), outcome.stderr);
    refuse(outcome.stderr, patch, files);
    const rejected = await index.run(['apply', ...flags, '--reject', '--verbose', '-'], patch);
    const conflicts = await describeConflicts(rejected.stderr, files, tree, (file) => pathsOf(file, strip));
    throw conflictFailure(conflicts.filter(({ path }) => !merged.includes(path)), outcome.stderr);
  });
}

/** The files that Git says it has merged, with or without conflicts. */
function mergedNames(stderr: string, { files, strip }: ReadPatch): string[] {
  const names = files.flatMap((file) => pathsOf(file, strip).to ?? []);
  return [...new Set(names)].filter((path) => stderr.includes(`Applied patch to '${path}' cleanly.\n`)).sort();
}

function refuseEscapes(files: readonly FilePatch[]): void {
  for (const file of files) {
    for (const path of [file.oldPath, file.newPath, file.bareOldPath, file.bareNewPath]) if (path !== null && leavesTree(path)) throw escapes(path);
  }
}

function escapes(path: string): Failure {
  return new Failure('E/FS_PERMISSIONS', `the patch names a path outside the tree: ${path}`, {
    hint: `${NOTHING_WRITTEN} A patch may name relative paths only, without "..", not through symlinks and not in .git.`,
    details: { path },
  });
}

/**
 * Patches made with --no-prefix have no `a/` and `b/`. That shows in their old files, which are there under their full paths only, or
 * else in `diff --git` lines that name a file twice in the same words.
 */
function levelsToStrip(tree: FileTree, files: readonly FilePatch[]): 0 | 1 {
  const old = files.flatMap((file) => (file.oldPath === null || file.bareOldPath !== null ? [] : [file.oldPath]));
  const found = (level: 0 | 1): number => old.filter((path) => path.split('/').length > level && tree.has(withoutParts(path, level))).length;
  if (found(0) !== found(1)) return found(0) > found(1) ? 0 : 1;
  const headers = files.flatMap((file) => file.hasOneName ?? []);
  return headers.length > 0 && headers.every(Boolean) ? 0 : 1;
}

function pathsOf(file: FilePatch, strip: number): { from: string | null; to: string | null } {
  const stripped = (path: string | null): string | null => (path === null ? null : withoutParts(path, strip));
  return { from: file.bareOldPath ?? stripped(file.oldPath), to: file.bareNewPath ?? stripped(file.newPath) };
}

function namesOf(file: FilePatch, strip: number): string[] {
  const { from, to } = pathsOf(file, strip);
  return [from, to].filter((path) => path !== null);
}

function hasNoContext(files: readonly FilePatch[]): boolean {
  const hunks = files.flatMap((file) => file.hunks);
  return hunks.length > 0 && !hunks.some((hunk) => hunk.hasContext);
}

interface Filled {
  readonly entries: ReadonlyMap<string, GitEntry>;
  /** A path in the tree before for each content that the index can name. */
  readonly contents: ReadonlyMap<string, string>;
}

/** Every path is in the index, so that Git sees files in the way and symlinks on the way; content is there for the named ones only. */
async function entriesOf(tree: FileTree, named: ReadonlySet<string>, index: ScratchIndex): Promise<Filled> {
  const entries = new Map<string, GitEntry>();
  const contents = new Map<string, string>();
  for (const [path, { mode }] of tree) entries.set(path, { mode, oid: index.unread });
  await readContents(contentsOf(tree, named), async (batch) => {
    for (const [{ path, file }, bytes] of batch) {
      const oid = await index.store(bytes);
      entries.set(path, { mode: file.mode, oid });
      contents.set(oid, path);
    }
  });
  return { entries, contents };
}

async function readBack(before: ReadonlyMap<string, GitEntry>, after: ReadonlyMap<string, GitEntry>, unchanged: ReadonlyMap<string, string>, index: ScratchIndex): Promise<Omit<PatchResult, 'merged'>> {
  const changed = [...after].filter(([path, entry]) => before.get(path)?.oid !== entry.oid || before.get(path)?.mode !== entry.mode);
  const blobs = await index.readBlobs([...new Set(changed.map(([, entry]) => entry.oid))].filter((oid) => !unchanged.has(oid)));
  return { changed, gone: [...before.keys()].filter((path) => !after.has(path)), unchanged, blobs };
}

function patchedTree(tree: FileTree, { changed, gone, unchanged, blobs, merged }: PatchResult): PatchedTree {
  const patched = new Map<string, TreeFile>(tree);
  const touched: string[] = [];
  for (const [path, { mode, oid }] of changed) {
    const content = tree.get(unchanged.get(oid) ?? '')?.content ?? bytesContent(blobs.get(oid) ?? missing(path), oid);
    patched.set(path, { mode, content });
    touched.push(path);
  }
  for (const path of gone) {
    patched.delete(path);
    touched.push(path);
  }
  return { tree: new Map([...patched].sort(([a], [b]) => (a < b ? -1 : 1))), touched: touched.sort(), merged };
}

function missing(path: string): never {
  throw new Failure('E/INTERNAL', `BUG: the patch gave ${path} no content`);
}

/** Throws for what is no matter of hunks: a text that is no patch, or a path that leads out. */
function refuse(stderr: string, patch: Buffer, files: readonly FilePatch[]): void {
  const outside = /invalid path '(.*)'/.exec(stderr)?.[1] ?? /affected file '(.*)' is beyond a symbolic link/.exec(stderr)?.[1];
  if (outside !== undefined) throw escapes(outside);
  const complaint = /^error: (.*(?:corrupt|No valid patches|unrecognized|garbage|lacks filename|inconsistent|invalid mode|without header|without filename).*)$/m.exec(stderr)?.[1];
  if (complaint === undefined && files.length > 0) return;
  const start = patch.toString('utf8').trim().split('\n', 1)[0]?.slice(0, 120) ?? '';
  const message = files.length === 0 ? `the patch holds no diff; it starts with "${start}"` : `the patch cannot be read: ${complaint ?? ''}`;
  throw new Failure('E/BAD_ARGUMENT', message, {
    hint: `${NOTHING_WRITTEN} A patch is a unified diff as git diff --binary prints it, with its --- and +++ lines and true line counts.`,
    details: { startsWith: start, complaint: complaint ?? null },
  });
}

function conflictFailure(told: readonly PatchConflict[], stderr: string): Failure {
  const said = stderr.split('\n').find((line) => line.startsWith('error: ')) ?? stderr.split('\n', 1)[0] ?? '';
  // What Git says in words of its own is a conflict all the same.
  const conflicts = told.length > 0 ? told : [{ path: '', hunk: '', line: 0, expected: [], found: [], reason: said.replace(/^error: /, ''), nearest: null }];
  const [first] = conflicts;
  const place = first === undefined || first.path === '' ? '' : `${first.path}${first.line > 0 ? `:${String(first.line)}` : ''}: `;
  const message = `the patch does not apply: ${place}${first?.reason ?? ''}`;
  const unmerged = /lacks the necessary blob/.test(stderr) ? 'The repository does not hold what the patch was made from, so that it could not be merged. ' : '';
  return new Failure('E/APPLY_CONFLICT', conflicts.length > 1 ? `${message} (and ${String(conflicts.length - 1)} more)` : message, {
    hint: `${NOTHING_WRITTEN} ${unmerged}details.conflicts shows what the patch expects and what is there; make the patch again from the base it is applied to.`,
    details: { conflicts },
  });
}
