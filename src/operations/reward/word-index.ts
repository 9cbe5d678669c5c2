import { act, observeSync } from '../../base/observe.js';
import { readContents, type FileContent } from '../../workspace/file-tree.js';
import type { TreeView } from './step-files.js';

/** The identifiers of one text. */
interface FileWords {
  readonly everywhere: ReadonlySet<string>;
  /** Those on lines that import or re-export. */
  readonly imported: ReadonlySet<string>;
}

/** Which identifiers the files of one tree hold. */
class WordIndex {
  readonly #byFile: ReadonlyMap<string, FileWords>;

  constructor(byFile: ReadonlyMap<string, FileWords>) {
    this.#byFile = byFile;
  }

  /** Files that hold `word` as an identifier, or as a part of one name in a dotted or quoted path. */
  filesWith(word: string): string[] {
    return this.#files({ word }, (words) => words.everywhere.has(word));
  }

  /** Files that hold `word` on a line that imports or re-exports. */
  filesImporting(word: string): string[] {
    return this.#files({ imported: word }, (words) => words.imported.has(word));
  }

  /** A trace holds which files a word is in, not every text of the tree. */
  #files(key: object, holds: (words: FileWords) => boolean): string[] {
    return observeSync({ what: 'files with a word', key }, () => [...this.#byFile].filter(([, words]) => holds(words)).map(([path]) => path));
  }
}

/** Words of contents, read once per content while the trees that hold it are in use. */
export class WordTable {
  /** By Git's name of the content, or by the content itself where it has none. What was not used for a while is in `#older`, then forgotten. */
  #recent = new Map<string | FileContent, FileWords>();
  #older = new Map<string | FileContent, FileWords>();

  /** Returns the index over those of `paths` that the tree holds. */
  async indexOf(view: TreeView, paths: readonly string[]): Promise<WordIndex> {
    const byFile = new Map<string, FileWords>();
    await act('read the words of files', () => this.#readInto(byFile, view, paths));
    return new WordIndex(byFile);
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
      for (const [path, bytes] of batch) byFile.set(path, wordsOf(bytes.toString('utf8')));
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

const IDENTIFIER = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*/gu;

function wordsOf(text: string): FileWords {
  return { everywhere: new Set(text.match(IDENTIFIER)), imported: new Set(importLines(text).match(IDENTIFIER)) };
}

/** The lines that belong to import and re-export statements, multi-line ones whole. */
function importLines(text: string): string {
  const statements = text.match(/^[ \t]*(?:import|from|export|}[ \t]*from)\b[^\n]*(?:\([^)]*\)|\{[^}]*\}[^\n]*)?/gm) ?? [];
  const calls = text.match(/\b(?:import|require)\s*\([^)\n]*\)/g) ?? [];
  return [...statements, ...calls].join('\n');
}
