/** One simple command of a shell line. */
export interface SimpleCommand {
  readonly words: readonly string[];
  /** Where its output goes; null when that is not a file. */
  readonly output: { readonly path: string; readonly appends: boolean } | null;
  /** The text of a here-document that feeds it. */
  readonly input: string | null;
}

/** What a shell line runs, in order; null when it holds what cannot be known without running it: expansions, loops, subshells. */
export function readShellLine(source: string): readonly SimpleCommand[] | null {
  const reader = new ShellReader(source);
  return reader.commands();
}

const KEYWORDS: ReadonlySet<string> = new Set(['for', 'while', 'until', 'if', 'case', 'function', 'eval', 'exec', 'source', '.', '{', '[[', 'then', 'do', 'xargs']);

class ShellReader {
  private readonly source: string;
  private at = 0;
  private readonly found: SimpleCommand[] = [];
  private words: string[] = [];
  private output: SimpleCommand['output'] = null;
  private input: string | null = null;
  private pendingHereDocuments: { readonly end: string; readonly isQuoted: boolean; readonly stripsTabs: boolean }[] = [];

  constructor(source: string) {
    this.source = source.replace(/\\\r?\n/gu, ' ');
  }

  commands(): readonly SimpleCommand[] | null {
    while (this.at < this.source.length) {
      if (!this.readNext()) return null;
    }
    this.endCommand();
    if (this.pendingHereDocuments.length > 0) return null;
    return this.found.some(({ words }) => KEYWORDS.has(words[0] ?? '')) ? null : this.found;
  }

  private readNext(): boolean {
    const rest = this.source.slice(this.at);
    const skip = (length: number): true => {
      this.at += length;
      return true;
    };
    const blank = /^[ \t]+/u.exec(rest);
    if (blank !== null) return skip(blank[0].length);
    if (rest.startsWith('#')) return skip(/^[^\n]*/u.exec(rest)?.[0].length ?? 1);
    if (rest.startsWith('\n') || rest.startsWith('\r\n')) {
      skip(rest.startsWith('\n') ? 1 : 2);
      if (!this.readHereDocuments()) return false;
      this.endCommand();
      return true;
    }
    const hereDocument = /^<<(-?)[ \t]*(?:'([^']+)'|"([^"]+)"|([\w-]+))/u.exec(rest);
    if (hereDocument !== null) {
      const [whole, dash, single, double, plain] = hereDocument;
      this.pendingHereDocuments.push({ end: single ?? double ?? plain ?? '', isQuoted: plain === undefined, stripsTabs: dash === '-' });
      return skip(whole.length);
    }
    const harmless = /^(?:[12&]?>>?\s*\/dev\/null|2>&1|>&2)/u.exec(rest);
    if (harmless !== null) return skip(harmless[0].length);
    const redirect = /^(1?>>?)[ \t]*/u.exec(rest);
    if (redirect !== null) {
      skip(redirect[0].length);
      const path = this.readWord();
      if (path === null || path === '') return false;
      this.output = { path, appends: redirect[1]?.endsWith('>>') === true };
      return true;
    }
    const separator = /^(?:&&|\|\||;|\|)/u.exec(rest);
    if (separator !== null) {
      this.endCommand();
      return skip(separator[0].length);
    }
    if (/^[&<>()`]/u.test(rest)) return false;
    const word = this.readWord();
    if (word === null) return false;
    this.words.push(word);
    return true;
  }

  /** Reads a word with its quotes taken off; null when it would be expanded. */
  private readWord(): string | null {
    let word = '';
    while (this.at < this.source.length) {
      const character = this.source[this.at] ?? '';
      if (/[\s;&|<>()]/u.test(character)) break;
      if (character === '$' || character === '`' || character === '*' || character === '?') return null;
      if (character === "'" || character === '"') {
        const part = character === "'" ? this.readSingleQuoted() : this.readDoubleQuoted();
        if (part === null) return null;
        word += part;
      } else if (character === '\\') {
        word += this.source[this.at + 1] ?? '';
        this.at += 2;
      } else {
        word += character;
        this.at += 1;
      }
    }
    return word;
  }

  private readSingleQuoted(): string | null {
    const end = this.source.indexOf("'", this.at + 1);
    if (end === -1) return null;
    const part = this.source.slice(this.at + 1, end);
    this.at = end + 1;
    return part;
  }

  private readDoubleQuoted(): string | null {
    const match = /^"((?:[^"\\$`]|\\[\s\S])*)"/u.exec(this.source.slice(this.at));
    if (match === null) return null;
    this.at += match[0].length;
    return (match[1] ?? '').replace(/\\(["\\$`])/gu, '$1');
  }

  private readHereDocuments(): boolean {
    for (const { end, isQuoted, stripsTabs } of this.pendingHereDocuments) {
      const lines: string[] = [];
      for (;;) {
        if (this.at >= this.source.length) return false;
        const lineEnd = this.source.indexOf('\n', this.at);
        const stop = lineEnd === -1 ? this.source.length : lineEnd;
        const line = this.source.slice(this.at, stop);
        this.at = stop + 1;
        if ((stripsTabs ? line.replace(/^\t+/u, '') : line) === end) break;
        if (!isQuoted && /[$`\\]/u.test(line)) return false;
        lines.push(stripsTabs ? line.replace(/^\t+/u, '') : line);
      }
      this.input = lines.map((line) => `${line}\n`).join('');
    }
    this.pendingHereDocuments = [];
    return true;
  }

  private endCommand(): void {
    if (this.pendingHereDocuments.length > 0) return;
    if (this.words.length > 0 || this.output !== null) this.found.push({ words: this.words, output: this.output, input: this.input });
    this.words = [];
    this.output = null;
    this.input = null;
  }
}
