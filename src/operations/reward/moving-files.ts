import { PYTHON } from './import-statements.js';
import type { SpecOf, TouchedFile, TreeView } from './step-files.js';
import type { WordIndex } from './word-index.js';

/** What is read of a step. */
export interface MovingPlan {
  readonly files: readonly TouchedFile[];
  readonly before: TreeView;
  readonly after: TreeView;
  readonly specOf: SpecOf;
}

/** A file of Python that comes or goes, as others may name it. */
interface MovingModule {
  readonly path: string;
  readonly stem: string;
  /** Its folder, from the top; empty for the top itself. */
  readonly folder: string;
  /** The names of the folders that hold no other file of Python on one side. */
  readonly folders: readonly string[];
}

/** True for a file that comes, goes or is moved. */
export function isMoving({ before, after }: TouchedFile): boolean {
  return before?.path !== after?.path;
}

/** Its paths before and after the step. */
export function pathsOf({ before, after }: TouchedFile): string[] {
  return [...(before === null ? [] : [before.path]), ...(after === null || after.path === before?.path ? [] : [after.path])];
}

function movingModules({ files, before, after, specOf }: MovingPlan): MovingModule[] {
  const paths = files.filter(isMoving).flatMap(pathsOf);
  return paths.filter((path) => specOf(path) !== null && PYTHON.test(path)).map((path) => {
    const parts = path.split('/');
    const [name = ''] = parts.splice(-1);
    const without = before.get(path) === undefined ? before : after;
    const isFirst = (at: number): boolean => !without.paths().some((other) => PYTHON.test(other) && other.startsWith(`${parts.slice(0, at + 1).join('/')}/`));
    return { path, stem: name.replace(PYTHON, ''), folder: parts.join('/'), folders: parts.filter((_, at) => isFirst(at)) };
  });
}

/** The files of the tree before that may see that files of Python come or go: they import one or its folder, or have it from the package that it is in. */
export function filesSeeingMoves(index: WordIndex, plan: MovingPlan): string[] {
  return movingModules(plan).flatMap(({ path, stem, folder, folders }) => {
    const listing = index.filesWith(stem).filter((other) => other.replace(PYTHON, '') === `${folder}/__init__`);
    const having = new Set(index.filesImporting(folder.slice(folder.lastIndexOf('/') + 1)));
    return [
      ...index.importersOf(path),
      ...folders.flatMap((name) => index.filesImporting(name)),
      ...listing.flatMap((other) => [other, ...index.importersOf(other)]),
      ...index.filesWithMember(stem).filter((other) => having.has(other)),
    ];
  });
}

/**
 * Returns the names by which a library could import the files of Python that come or go, when no file of the tree before can see that they do;
 * else null.
 */
export function namesOfUnseen(index: WordIndex, plan: MovingPlan): string[] | null {
  const modules = movingModules(plan);
  const moving = new Set(modules.map(({ path }) => path));
  const seeing = [...filesSeeingMoves(index, plan), ...modules.flatMap(({ stem }) => index.filesWithMember(stem))];
  // Packages, what a checker takes for built in, and folders in which it looks for stubs.
  const isSpecial = ({ stem, folder }: MovingModule): boolean => /^__\w+__$/u.test(stem) || /(?:^|\/)typings(?:\/|$)|-stubs(?:\/|$)/u.test(folder);
  if (modules.some(isSpecial) || seeing.some((path) => !moving.has(path))) return null;
  return modules.flatMap(({ stem, folders }) => [stem, ...folders]);
}
