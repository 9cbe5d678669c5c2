import { identifiersIn } from '../../base/identifiers.js';
import { act, observeSync } from '../../base/observe.js';
import { isSameList } from '../../base/same-list.js';
import { withoutProse } from '../../reward/python-prose.js';
import { readContents, type FileContent, type FileTree } from '../../workspace/file-tree.js';
import { importStatements, importWords, mayImport, mayTake, namesTaken, type Importer, type ImportStatement } from './import-statements.js';
import type { TreeView } from './step-files.js';

/** The identifiers of one text. */
interface FileWords {
  readonly everywhere: ReadonlySet<string>;
  /** Those behind a dot. */
  readonly members: ReadonlySet<string>;
  /** Those of statements that import or re-export. */
  readonly imported: ReadonlySet<string>;
  readonly imports: readonly ImportStatement[];
}

const NO_WORDS: FileWords = { everywhere: new Set(), members: new Set(), imported: new Set(), imports: [] };

/** Which identifiers the files of one tree hold. */
export class WordIndex {
  readonly #byFile: ReadonlyMap<string, FileWords>;
  /** What was found before, by kind and word, or by the path that is imported. */
  readonly #found = { everywhere: new Map<string, readonly string[]>(), members: new Map<string, readonly string[]>(), imported: new Map<string, readonly string[]>(), importers: new Map<string, readonly string[]>() };

  constructor(byFile: ReadonlyMap<string, FileWords>) {
    this.#byFile = byFile;
  }

  /** Files that hold `word` as an identifier, or as a part of one name in a dotted or quoted path. */
  filesWith(word: string): readonly string[] {
    return this.#files('everywhere', word);
  }

  /** Files that name a member `word` of something. */
  filesWithMember(word: string): readonly string[] {
    return this.#files('members', word);
  }

  /** Files that hold `word` in a statement that imports or re-exports. */
  filesImporting(word: string): readonly string[] {
    return this.#files('imported', word);
  }

  /** Files that may import `name` from the file `path`, or that file as a whole and hold the name. */
  filesImportingFrom(path: string, name: string): readonly string[] {
    return observeSync({ what: 'files with a word', key: { imported: name, from: path } }, () => this.#importers(this.#byFile.keys(), (importer) => mayTake(importer, name, path, this.#isPackage)));
  }

  /** Files that may import anything from the file `path`. */
  importersOf(path: string): readonly string[] {
    return observeSync({ what: 'files with a word', key: { from: path } }, () => {
      const known = this.#found.importers.get(path);
      if (known !== undefined) return known;
      const { words, folder } = importWords(path);
      const inside = folder === null ? [] : [...this.#byFile.keys()].filter((other) => folder === '' || other.startsWith(`${folder}/`));
      const found = this.#importers(new Set([...words.flatMap((word) => this.#files('imported', word)), ...inside]), (importer) => mayImport(importer, path, this.#isPackage));
      this.#found.importers.set(path, found);
      return found;
    });
  }

  /** Every name that files may take from the file of Python `path`, and those that take it by its name from its package; null when one of them may have it in another way. */
  namesTakenFrom(path: string): { readonly names: readonly string[]; readonly holders: readonly string[] } | null {
    return observeSync({ what: 'names taken from a file', key: { from: path } }, () => {
      const names = new Set<string>();
      const holders: string[] = [];
      for (const importer of this.importersOf(path)) {
        const taken = namesTaken(this.#importer(importer), path, this.#isPackage);
        if (taken === null) return null;
        for (const name of taken.names) names.add(name);
        if (taken.takesModule) holders.push(importer);
      }
      return { names: [...names], holders };
    });
  }

  readonly #isPackage = (folder: string): boolean => this.#byFile.has(`${folder}/__init__.py`) || this.#byFile.has(`${folder}/__init__.pyi`);

  #importers(paths: Iterable<string>, isImporter: (importer: Importer) => boolean): string[] {
    return [...paths].filter((path) => this.#byFile.has(path) && isImporter(this.#importer(path)));
  }

  #importer(path: string): Importer {
    const { imports, everywhere, members } = this.#byFile.get(path) ?? NO_WORDS;
    return { path, imports, words: everywhere, members };
  }

  /** A trace holds which files a word is in, not every text of the tree. */
  #files(kind: 'everywhere' | 'members' | 'imported', word: string): readonly string[] {
    return observeSync({ what: 'files with a word', key: kind === 'everywhere' ? { word } : { [kind]: word } }, () => {
      const known = this.#found[kind].get(word);
      if (known !== undefined) return known;
      const found = [...this.#byFile].filter(([, words]) => words[kind].has(word)).map(([path]) => path);
      this.#found[kind].set(word, found);
      return found;
    });
  }
}

/** Words of contents, read once per content while the trees that hold it are in use. */
export class WordTable {
  /** By Git's name of the content, or by the content itself where it has none. What was not used for a while is in `#older`, then forgotten. */
  #recent = new Map<string | FileContent, FileWords>();
  #older = new Map<string | FileContent, FileWords>();
  /** The last one of each tree that is in use. */
  readonly #indexes = new WeakMap<FileTree, { readonly paths: readonly string[]; readonly index: WordIndex }>();

  /** Returns the index over those of `paths` that the tree holds. */
  async indexOf(view: TreeView, paths: readonly string[]): Promise<WordIndex> {
    const known = this.#indexes.get(view.tree);
    if (known !== undefined && (known.paths === paths || isSameList(known.paths, paths))) return known.index;
    const byFile = new Map<string, FileWords>();
    await act('read the words of files', () => this.#readInto(byFile, view, paths));
    const index = new WordIndex(byFile);
    this.#indexes.set(view.tree, { paths, index });
    return index;
  }

  async #readInto(byFile: Map<string, FileWords>, view: TreeView, paths: readonly string[]): Promise<void> {
    const unread: (readonly [string, FileContent])[] = [];
    for (const path of paths) {
      const content = view.get(path)?.content;
      if (content === undefined) continue;
      const words = this.#recall(content);
      if (words === undefined) unread.push([path, content]);
      else byFile.set(path, words);
    }
    await readContents(unread, (batch) => {
      for (const [path, bytes] of batch) byFile.set(path, fileWords(path, bytes.toString('utf8')));
      return Promise.resolve();
    });
    for (const [path, content] of unread) {
      const words = byFile.get(path);
      if (words !== undefined) this.#recent.set(content.oid ?? content, words);
    }
    if (this.#recent.size > 3 * paths.length + 1000) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
  }

  #recall(content: FileContent): FileWords | undefined {
    const key = content.oid ?? content;
    const words = this.#recent.get(key) ?? this.#older.get(key);
    if (words !== undefined) this.#recent.set(key, words);
    return words;
  }
}

/** Returns what an index holds of a text. */
export function fileWords(path: string, text: string): FileWords {
  const imports = importStatements(text);
  const code = withoutProse(path, text);
  return { everywhere: identifiersIn(code), members: new Set([...code.replace(MODULES, '').matchAll(MEMBER)].map(([, word = '']) => word)), imported: new Set(imports.flatMap(({ parts, names }) => [...identifiersIn(parts.join(' ')), ...names])), imports };
}

/** The paths of modules that Python imports. */
const MODULES = /^[ \t]*(?:from[ \t]+[\p{L}\p{N}_.]+|import[ \t]+[\p{L}\p{N}_., \t]+)/gmu;
const MEMBER = /\.\s*([\p{L}_$][\p{L}\p{N}_$]*)/gu;
