import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileStructure, FileTokens } from '../../base/declaration.js';
import { Recent } from '../../base/recent.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import { parseStructure, parseTokens } from '../../selectors/structure.js';
import { hexSha256, type FileContent, type FileTree, type TreeFile } from '../../workspace/file-tree.js';
import type { Workspace } from '../../workspace/workspace-root.js';
import type { Step } from './step.js';

/** A file on one side of a step, parsed but not yet measured. */
export interface ParsedFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly text: string;
  readonly structure: FileStructure | null;
  readonly tokens: FileTokens | null;
  readonly bytes: Buffer;
  /** 64 hex digits of the sha256 of the bytes. */
  readonly digest: string;
}

/** The two sides of one touched file; a created or deleted one has a null side. */
export interface TouchedFile {
  readonly before: ParsedFile | null;
  readonly after: ParsedFile | null;
}

/** Which server is asked about a file; null for none. */
export type SpecOf = (path: string) => ServerSpec | null;

/** So many files of recent steps are kept. */
const FILES_MAX = 512;
/** The tokens of so many characters are: steps from one base look at its files again and again, at those that a patch made only while it is priced. */
const BASE_CHARACTERS = 1.5 * 1024 * 1024;
const PATCHED_CHARACTERS = 512 * 1024;
const parsedFiles = new Recent<FileContent, Promise<ParsedFile>>(FILES_MAX);
const tokensOfBase = new Recent<FileContent, Promise<FileTokens | null>>(BASE_CHARACTERS);
const tokensOfPatched = new Recent<FileContent, Promise<FileTokens | null>>(PATCHED_CHARACTERS);

async function parse(path: string, content: FileContent): Promise<ParsedFile> {
  const bytes = await content.read();
  const text = bytes.toString('utf8');
  // Whoever waits for a server goes first.
  await nextTurn();
  return { path, bytes, digest: hexSha256(bytes), text, structure: await parseStructure(path, text), tokens: null };
}

/** Looks files up by workspace path in a tree whose paths start at the top of the repository. */
export class TreeView {
  readonly tree: FileTree;
  private readonly prefix: string;
  private readonly workspace: Workspace;
  private sortedPaths: readonly string[] | null = null;
  private servedPaths: { readonly specOf: SpecOf; readonly paths: readonly string[] } | null = null;

  constructor(tree: FileTree, workspace: Workspace) {
    this.tree = tree;
    this.workspace = workspace;
    this.prefix = workspace.git?.prefix ?? '';
  }

  /** The same view of another tree. */
  of(tree: FileTree): TreeView {
    return new TreeView(tree, this.workspace);
  }

  get(path: string): TreeFile | undefined {
    return this.tree.get(this.prefix + path);
  }

  /** Workspace paths in the order of their code units. */
  paths(): readonly string[] {
    this.sortedPaths ??= [...this.tree.keys()]
      .filter((path) => path.startsWith(this.prefix))
      .map((path) => path.slice(this.prefix.length))
      .sort((a, b) => (a < b ? -1 : 1));
    return this.sortedPaths;
  }

  /** Those of them that a server is asked about. */
  served(specOf: SpecOf): readonly string[] {
    if (this.servedPaths?.specOf !== specOf) this.servedPaths = { specOf, paths: this.paths().filter((path) => specOf(path) !== null) };
    return this.servedPaths.paths;
  }

  async text(path: string): Promise<string | null> {
    const file = this.get(path);
    return file === undefined ? null : (await file.content.read()).toString('utf8');
  }

  /** Parses a file; null when there is none. Bytes that are not UTF-8 read as U+FFFD, as servers read them. One that is much like another one is read faster. */
  async parsed(path: string, withTokens: boolean, like: ParsedFile | null = null): Promise<ParsedFile | null> {
    const file = this.get(path);
    if (file === undefined) return null;
    const { content } = file;
    const known = await parsedFiles.get(content, 1, () => parse(path, content));
    // Of two files with one content another name may mean another language.
    const parsed = known.path === path ? known : await parse(path, content);
    if (!withTokens) return parsed;
    const read = async (): Promise<FileTokens | null> => {
      await nextTurn();
      return parseTokens(path, parsed.text, like);
    };
    const tokens = parsed === known ? (content.store === null ? tokensOfPatched : tokensOfBase).get(content, parsed.text.length, read) : read();
    return { ...parsed, tokens: await tokens };
  }
}

/** Reads and parses every file of the workspace that a step touches, renamed files as one. Sorted by path. */
export async function touchedFiles(workspace: Workspace, step: Step): Promise<{ files: TouchedFile[]; outside: string[] }> {
  const before = new TreeView(step.before, workspace);
  const after = new TreeView(step.after, workspace);
  const prefix = workspace.git?.prefix ?? '';
  const isInside = (path: string): boolean => path.startsWith(prefix);
  const pairs: (readonly [string | null, string | null])[] = [
    ...step.changes.changed.map((path) => [path, path] as const),
    ...step.changes.created.map((path) => [null, path] as const),
    ...step.changes.deleted.map((path) => [path, null] as const),
    ...step.changes.renamed.map(({ from, to }) => [from, to] as const),
  ];
  const files: TouchedFile[] = [];
  const outside: string[] = [];
  const side = (view: TreeView, path: string | null, like: ParsedFile | null): Promise<ParsedFile | null> => (path === null || !isInside(path) ? Promise.resolve(null) : view.parsed(path.slice(prefix.length), true, like));
  for (const [from, to] of pairs) {
    const old = await side(before, from, null);
    const touched: TouchedFile = { before: old, after: await side(after, to, from === to ? old : null) };
    if (touched.before !== null || touched.after !== null) files.push(touched);
    else outside.push(to ?? from ?? '');
  }
  files.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return { files, outside: outside.sort() };
}

/** A step as the texts of its files show it. */
export interface StepTexts {
  readonly files: readonly TouchedFile[];
  readonly before: TreeView;
  readonly after: TreeView;
  readonly specOf: SpecOf;
}

/** True for a file that comes, goes or is moved. */
export function isMoving({ before, after }: TouchedFile): boolean {
  return before?.path !== after?.path;
}

/** Its paths before and after the step, one where they are the same. */
export function pathsOf({ before, after }: TouchedFile): string[] {
  return [...new Set([before, after].flatMap((side) => side?.path ?? []))];
}

/** The path after the step, or before it where the step deleted the file. */
export function nameOf(file: TouchedFile): string {
  return file.after?.path ?? file.before?.path ?? '';
}

/** The servers of these files. */
export function specsOf(paths: readonly string[], specOf: SpecOf): Set<ServerSpec> {
  return new Set(paths.flatMap((path) => specOf(path) ?? []));
}
