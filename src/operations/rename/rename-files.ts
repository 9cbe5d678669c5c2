import type { Awaitable } from '../../base/awaitable.js';
import type { Comment, FileTokens, Token } from '../../base/declaration.js';
import { containsRange, type Range } from '../../base/range.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import { parseTokens } from '../../selectors/structure.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import type { SourceFile } from '../source-files.js';
import type { Workbench } from '../workbench.js';

/** The files of one snapshot with their tokens, each parsed once for one rename. */
export class RenameFiles {
  readonly snapshot: Snapshot;
  private readonly bench: Workbench;
  private readonly tokens = new Map<string, Promise<FileTokens | null>>();

  constructor(bench: Workbench, snapshot: Snapshot) {
    this.bench = bench;
    this.snapshot = snapshot;
  }

  has(path: string): boolean {
    return this.snapshot.files.has(path);
  }

  read(path: string): Awaitable<SourceFile> {
    return this.bench.sources.read(this.snapshot, path);
  }

  async textOf(path: string): Promise<string> {
    return (await this.bench.sources.text(this.snapshot, path)).text;
  }

  tokensOf(path: string): Promise<FileTokens | null> {
    const known = this.tokens.get(path) ?? this.textOf(path).then((text) => parseTokens(path, text));
    this.tokens.set(path, known);
    return known;
  }

  /** Returns the files that a server knows the language of and that hold `name`, sorted. */
  holding(name: string, spec: ServerSpec): Promise<string[]> {
    return this.bench.sources.holding(this.snapshot, spec, name);
  }

  async tokenAt(path: string, range: Range): Promise<Token | null> {
    return (await this.tokensOf(path))?.tokens.find((token) => containsRange(token.range, range)) ?? null;
  }

  async commentAt(path: string, range: Range): Promise<Comment | null> {
    return (await this.tokensOf(path))?.comments.find((comment) => containsRange(comment.range, range)) ?? null;
  }
}

/** `path:line:col` as a person reads it, for messages. */
export function placeText(path: string, range: Range): string {
  return `${path}:${String(range[0] + 1)}:${String(range[1] + 1)}`;
}
