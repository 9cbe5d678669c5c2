import { hexSha256, readContents, sameFile, type FileTree, type TreeFile } from './file-tree.js';
import { lineBag, similarity, type LineBag } from './similarity.js';

/** What differs from one tree to another. Each path is in one list only; every list is in the order of its (new) paths. */
export interface TreeChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  /** `similarity` is a percentage: 100 for the same bytes. */
  readonly renamed: readonly Rename[];
}

export interface Rename {
  readonly from: string;
  readonly to: string;
  readonly similarity: number;
}

/** As in Git, a deleted and a created file that share half their bytes are one file that moved. */
const SIMILARITY_MIN = 50;

/** Beyond so many pairs of a deleted and a created file only equal contents are paired. */
const PAIRS_MAX = 250_000;

/**
 * Compares two trees. Renames are found the same way whatever the trees come from (commits, the work tree, a patch), so that one step
 * has one description: by equal content first, then by similarity.
 */
export async function changesBetween(before: FileTree, after: FileTree): Promise<TreeChanges> {
  const created = [...after.keys()].filter((path) => !before.has(path)).sort();
  const deleted = [...before.keys()].filter((path) => !after.has(path)).sort();
  const changed: string[] = [];
  for (const [path, file] of after) {
    const old = before.get(path);
    if (old !== undefined && old !== file && !(await sameFile(old, file))) changed.push(path);
  }
  const renamed = created.length === 0 || deleted.length === 0 ? [] : await findRenames(candidates(before, deleted), candidates(after, created));
  const from = new Set(renamed.map((rename) => rename.from));
  const to = new Set(renamed.map((rename) => rename.to));
  return { created: created.filter((path) => !to.has(path)), changed: changed.sort(), deleted: deleted.filter((path) => !from.has(path)), renamed };
}

/** Symlinks move too seldom to guess about them. */
function candidates(tree: FileTree, paths: readonly string[]): (readonly [string, TreeFile])[] {
  return paths.flatMap((path) => {
    const file = tree.get(path);
    return file === undefined || file.mode === 'symlink' ? [] : [[path, file] as const];
  });
}

interface Candidate {
  readonly path: string;
  readonly bytes: Buffer;
  readonly bag: LineBag | null;
}

async function findRenames(deleted: readonly (readonly [string, TreeFile])[], created: readonly (readonly [string, TreeFile])[]): Promise<Rename[]> {
  const sources = await load(deleted);
  const targets = await load(created);
  const exact = pairEqual(sources, targets);
  const isFree = (paths: Set<string>) => (candidate: Candidate) => !paths.has(candidate.path);
  const restFrom = sources.filter(isFree(new Set(exact.map((rename) => rename.from))));
  const restTo = targets.filter(isFree(new Set(exact.map((rename) => rename.to))));
  const similar = restFrom.length * restTo.length > PAIRS_MAX ? [] : pairSimilar(restFrom, restTo);
  return [...exact, ...similar].sort((a, b) => (a.to < b.to ? -1 : 1));
}

async function load(files: readonly (readonly [string, TreeFile])[]): Promise<Candidate[]> {
  const loaded: Candidate[] = [];
  const contents = files.map(([path, file]) => [path, file.content] as const);
  await readContents(contents, (batch) => {
    // An empty file is like any other: it says nothing about where it came from.
    for (const [path, bytes] of batch) if (bytes.length > 0) loaded.push({ path, bytes, bag: lineBag(bytes) });
    return Promise.resolve();
  });
  return loaded.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Pairs files with the same bytes; among several, those of the same name, then the first by path. */
function pairEqual(sources: readonly Candidate[], targets: readonly Candidate[]): Rename[] {
  const byContent = new Map<string, Candidate[]>();
  for (const source of sources) {
    const key = hexSha256(source.bytes);
    const group = byContent.get(key);
    if (group === undefined) byContent.set(key, [source]);
    else group.push(source);
  }
  const renames: Rename[] = [];
  const claim = (target: Candidate, fits: (source: Candidate) => boolean): boolean => {
    const group = byContent.get(hexSha256(target.bytes)) ?? [];
    const index = group.findIndex(fits);
    const [source] = index < 0 ? [] : group.splice(index, 1);
    if (source !== undefined) renames.push({ from: source.path, to: target.path, similarity: 100 });
    return source !== undefined;
  };
  const unclaimed = targets.filter((target) => !claim(target, (source) => nameOf(source.path) === nameOf(target.path)));
  for (const target of unclaimed) claim(target, () => true);
  return renames;
}

/** Takes the most similar pair first; of equals the one with the same file name, then the first by path. */
function pairSimilar(sources: readonly Candidate[], targets: readonly Candidate[]): Rename[] {
  const pairs: (Rename & { readonly sameName: boolean })[] = [];
  for (const target of targets) {
    for (const source of sources) {
      const percent = percentOf(source, target);
      if (percent >= SIMILARITY_MIN) pairs.push({ from: source.path, to: target.path, similarity: percent, sameName: nameOf(source.path) === nameOf(target.path) });
    }
  }
  pairs.sort((a, b) => b.similarity - a.similarity || Number(b.sameName) - Number(a.sameName) || (a.to < b.to ? -1 : a.to > b.to ? 1 : a.from < b.from ? -1 : 1));
  const taken = new Set<string>();
  return pairs.flatMap(({ from, to, similarity: percent }) => {
    if (taken.has(`<${from}`) || taken.has(`>${to}`)) return [];
    taken.add(`<${from}`).add(`>${to}`);
    return [{ from, to, similarity: percent }];
  });
}

function percentOf(source: Candidate, target: Candidate): number {
  const [small, large] = [source.bytes.length, target.bytes.length].sort((a, b) => a - b);
  // The lines in common cannot be longer than the smaller file.
  if (source.bag === null || target.bag === null || 100 * (small ?? 0) < SIMILARITY_MIN * (large ?? 1)) return 0;
  return similarity(source.bag, target.bag);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
