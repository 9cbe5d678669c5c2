import { createHash } from 'node:crypto';
import { blobName } from '../base/digest.js';
import type { FileMode } from './git-output.js';

export type { FileMode } from './git-output.js';

/**
 * The content of one file. `oid` is Git's name for it where Git has one: equal names mean equal bytes, and two of one
 * repository that differ mean different bytes. `read` gives the same bytes every time or throws.
 */
export interface FileContent {
  readonly oid: string | null;
  readonly read: () => Promise<Buffer>;
  /** 64 hex digits. */
  readonly sha256: () => Promise<string>;
  /** Reads many at once where that is cheaper, for contents with the same `store`. */
  readonly store: BlobStore | null;
}

export interface TreeFile {
  readonly mode: FileMode;
  readonly content: FileContent;
}

/** Paths from the top, with forward slashes. */
export type FileTree = ReadonlyMap<string, TreeFile>;

/** Where contents that have an `oid` are read from. */
export interface BlobStore {
  readBlobs(oids: Iterable<string>): Promise<Map<string, Buffer>>;
}

/** Bytes in memory. */
export function bytesContent(bytes: Buffer, oid: string | null = null): FileContent {
  let digest: string | undefined;
  return {
    oid,
    store: null,
    read: () => Promise.resolve(bytes),
    sha256: () => Promise.resolve((digest ??= hexSha256(bytes))),
  };
}

/** A blob that is read when it is asked for. Only its digest is kept. */
export function blobContent(store: BlobStore, oid: string): FileContent {
  let digest: string | undefined;
  const read = async (): Promise<Buffer> => {
    const bytes = (await store.readBlobs([oid])).get(oid);
    if (bytes === undefined) throw new TypeError(`BUG: the blob ${oid} was not read`);
    return bytes;
  };
  return { oid, store, read, sha256: async () => (digest ??= hexSha256(await read())) };
}

/** True when both hold the same bytes; reads them only when their names do not say. */
async function sameContent(a: FileContent, b: FileContent): Promise<boolean> {
  if (a === b) return true;
  if (a.oid !== null && b.oid !== null) return a.oid.length === b.oid.length ? a.oid === b.oid : (await a.sha256()) === (await b.sha256());
  // Naming bytes that we hold costs less than asking Git for bytes that it holds.
  if (a.oid !== null) return a.oid === gitName(await b.read(), a.oid);
  if (b.oid !== null) return b.oid === gitName(await a.read(), b.oid);
  return (await a.sha256()) === (await b.sha256());
}

/** Returns what Git would call a blob with these bytes in the repository that `like` comes from. */
function gitName(bytes: Buffer, like: string): string {
  return blobName(bytes, like.length === 64 ? 'sha256' : 'sha1');
}

export async function sameFile(a: TreeFile, b: TreeFile): Promise<boolean> {
  return a.mode === b.mode && (await sameContent(a.content, b.content));
}

/** Reads the contents of many files with as few processes as their stores allow, in batches; `use` gets each once, in no particular order. */
export async function readContents<T>(items: Iterable<readonly [T, FileContent]>, use: (batch: readonly (readonly [T, Buffer])[]) => Promise<void>): Promise<void> {
  const byStore = new Map<BlobStore | null, (readonly [T, FileContent])[]>();
  for (const item of items) {
    const group = byStore.get(item[1].store);
    if (group === undefined) byStore.set(item[1].store, [item]);
    else group.push(item);
  }
  for (const [store, group] of byStore) {
    for (let start = 0; start < group.length; start += BATCH) await use(await readBatch(store, group.slice(start, start + BATCH)));
  }
}

const BATCH = 512;

async function readBatch<T>(store: BlobStore | null, batch: readonly (readonly [T, FileContent])[]): Promise<(readonly [T, Buffer])[]> {
  const blobs = store === null ? null : await store.readBlobs(batch.flatMap(([, content]) => content.oid ?? []));
  return Promise.all(batch.map(async ([item, content]) => [item, blobs?.get(content.oid ?? '') ?? (await content.read())] as const));
}

/** What a digest of files is made of: see digestOfFiles. */
export interface DigestedFile {
  readonly mode: FileMode;
  readonly sha256: string;
}

/**
 * Returns `sha256:` and the digest over, for each path in the order of its UTF-16 code units: the path, NUL, `file`, `exec` or
 * `symlink`, NUL, 64 hex digits of the SHA-256 of the content (of a symlink: its target text), LF. Public: do not change.
 */
export function digestOfFiles(files: Iterable<readonly [path: string, file: DigestedFile]>): string {
  const hash = createHash('sha256');
  for (const [path, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${file.mode}\0${file.sha256}\n`);
  return `sha256:${hash.digest('hex')}`;
}

/** Returns the digest of a tree, or of its part below `prefix` (`'sub/dir/'`) with paths from there. */
export async function digestOfTree(tree: FileTree, prefix = ''): Promise<string> {
  const digested: [string, DigestedFile][] = [];
  const selected = [...tree].filter(([path]) => path.startsWith(prefix));
  const unread = selected.map(([path, file]) => [{ path, mode: file.mode }, file.content] as const);
  await readContents(unread, (batch) => {
    for (const [{ path, mode }, bytes] of batch) digested.push([path.slice(prefix.length), { mode, sha256: hexSha256(bytes) }]);
    return Promise.resolve();
  });
  return digestOfFiles(digested);
}

export function hexSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
