import { readContents } from '../../workspace/file-tree.js';
import type { TreeView } from './step-files.js';

/** Which of a set of words each file holds, as whole identifiers. Made in one pass over the texts of one tree. */
export class WordIndex {
  private readonly wordsByFile: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly importWordsByFile: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(words: ReadonlyMap<string, ReadonlySet<string>>, importWords: ReadonlyMap<string, ReadonlySet<string>>) {
    this.wordsByFile = words;
    this.importWordsByFile = importWords;
  }

  static async of(view: TreeView, paths: readonly string[], words: ReadonlySet<string>): Promise<WordIndex> {
    const everywhere = new Map<string, ReadonlySet<string>>();
    const inImports = new Map<string, ReadonlySet<string>>();
    const files = paths.flatMap((path) => {
      const file = view.get(path);
      return file === undefined || words.size === 0 ? [] : [[path, file.content] as const];
    });
    await readContents(files, (batch) => {
      for (const [path, bytes] of batch) {
        const text = bytes.toString('utf8');
        everywhere.set(path, wordsIn(text, words));
        inImports.set(path, wordsIn(importLines(text), words));
      }
      return Promise.resolve();
    });
    return new WordIndex(everywhere, inImports);
  }

  /** Files that hold `word` as an identifier, or as a part of one name in a dotted or quoted path. */
  filesWith(word: string): string[] {
    return keysWith(this.wordsByFile, word);
  }

  /** Files that hold `word` on a line that imports or re-exports. */
  filesImporting(word: string): string[] {
    return keysWith(this.importWordsByFile, word);
  }
}

const IDENTIFIER = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*/gu;

function wordsIn(text: string, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [word] of text.matchAll(IDENTIFIER)) if (wanted.has(word)) found.add(word);
  return found;
}

/** The lines that belong to import and re-export statements, multi-line ones whole. */
function importLines(text: string): string {
  const statements = text.match(/^[ \t]*(?:import|from|export|}[ \t]*from)\b[^\n]*(?:\([^)]*\)|\{[^}]*\}[^\n]*)?/gm) ?? [];
  const calls = text.match(/\b(?:import|require)\s*\([^)\n]*\)/g) ?? [];
  return [...statements, ...calls].join('\n');
}

function keysWith(index: ReadonlyMap<string, ReadonlySet<string>>, word: string): string[] {
  return [...index].filter(([, words]) => words.has(word)).map(([path]) => path);
}
