import { foldersAbove } from '../../base/folders-above.js';
import { lastOf, PYTHON } from './import-statements.js';
import { isMoving, pathsOf, type StepTexts, type TreeView } from './step-files.js';
import type { WordIndex } from './word-index.js';

/** A file of Python that comes or goes, as others may name it. */
interface MovingModule {
  readonly path: string;
  readonly stem: string;
  /** Its folder, from the top; empty for the top itself. */
  readonly folder: string;
  /** The names of the folders that hold no other file of Python on one side. */
  readonly folders: readonly string[];
}

function movingModules({ files, before, after, specOf }: StepTexts): MovingModule[] {
  const paths = files.filter(isMoving).flatMap(pathsOf).filter((path) => specOf(path) !== null && PYTHON.test(path));
  if (paths.length === 0) return [];
  const [foldersBefore, foldersAfter] = [pythonFolders(before), pythonFolders(after)];
  return paths.map((path) => {
    const without = before.get(path) === undefined ? foldersBefore : foldersAfter;
    const folders = foldersAbove(path);
    return { path, stem: lastOf(path).replace(PYTHON, ''), folder: folders.at(-1) ?? '', folders: folders.filter((folder) => !without.has(folder)).map(lastOf) };
  });
}

/** Every folder with a file of Python in it or below. */
function pythonFolders(view: TreeView): ReadonlySet<string> {
  return new Set(view.paths().flatMap((path) => (PYTHON.test(path) ? foldersAbove(path) : [])));
}

/** The files of the tree before that may see that files of Python come or go: they import one or its folder, or have it from the package that it is in. */
export function filesSeeingMoves(index: WordIndex, plan: StepTexts): string[] {
  return movingModules(plan).flatMap(({ path, stem, folder, folders }) => {
    const listing = index.filesWith(stem).filter((other) => other.replace(PYTHON, '') === `${folder}/__init__`);
    const having = new Set(index.filesImporting(lastOf(folder)));
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
export function namesOfUnseen(index: WordIndex, plan: StepTexts): string[] | null {
  const modules = movingModules(plan);
  const moving = new Set(modules.map(({ path }) => path));
  const seeing = [...filesSeeingMoves(index, plan), ...modules.flatMap(({ stem }) => index.filesWithMember(stem))];
  // Packages, what a checker takes for built in, and folders in which it looks for stubs.
  const isSpecial = ({ stem, folder }: MovingModule): boolean => /^__\w+__$/u.test(stem) || /(?:^|\/)typings(?:\/|$)|-stubs(?:\/|$)/u.test(folder);
  if (modules.some(isSpecial) || seeing.some((path) => !moving.has(path))) return null;
  return modules.flatMap(({ stem, folders }) => [stem, ...folders]);
}
