import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { DocumentVersion } from '../../src/base/position-spec.js';
import type { ChangeSet, HistoryPort, PathMove } from '../../src/selectors/history-port.js';

/** Reads one repository, bare or not, through one `git cat-file --batch` process that is reused for every blob. */
export class GitHistory {
  private readonly folder: string;
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting: ((text: string | null) => void)[] = [];
  private readonly blobs = new Map<string, Promise<string | null>>();
  private readonly trees = new Map<string, ReadonlySet<string>>();
  private readonly changeSets = new Map<string, ChangeSet>();
  private received: Buffer = Buffer.alloc(0);

  constructor(folder: string) {
    this.folder = folder;
    this.process = spawn('git', ['-C', folder, 'cat-file', '--batch']);
    this.process.stdout.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.deliver();
    });
  }

  close(): void {
    this.process.stdin.end();
  }

  /** Returns the port whose present is `commit`. */
  at(commit: string): HistoryPort {
    return {
      textAt: (version, path) => this.blob(revisionOf(version), path),
      textBeside: (version, path) => this.blob(revisionOf(version), path),
      textNow: (path) => this.blob(commit, path),
      pathsNow: () => Promise.resolve(this.tree(commit)),
      pathsAt: (version) => Promise.resolve(this.tree(revisionOf(version))),
      changesSince: (version) => Promise.resolve(this.changes(revisionOf(version), commit)),
    };
  }

  private blob(commit: string, path: string): Promise<string | null> {
    const name = `${commit}:${path}`;
    const known = this.blobs.get(name);
    if (known !== undefined) return known;
    const blob = new Promise<string | null>((resolve) => {
      this.waiting.push(resolve);
      this.process.stdin.write(`${name}\n`);
    });
    this.blobs.set(name, blob);
    return blob;
  }

  /** Answers come in the order of the questions: `<oid> <type> <size>\n<bytes>\n`, or one line that ends in `missing`. */
  private deliver(): void {
    for (;;) {
      const newline = this.received.indexOf(10);
      if (newline === -1) return;
      const [, type, size] = this.received.subarray(0, newline).toString('utf8').split(' ');
      const length = type === 'blob' || type === 'tree' || type === 'commit' ? Number(size) + 1 : 0;
      if (this.received.length < newline + 1 + length) return;
      const text = type === 'blob' ? this.received.subarray(newline + 1, newline + length).toString('utf8') : null;
      this.received = this.received.subarray(newline + 1 + length);
      this.waiting.shift()?.(text);
    }
  }

  private tree(commit: string): ReadonlySet<string> {
    const known = this.trees.get(commit) ?? new Set(this.git('ls-tree', '-r', '-z', '--name-only', commit).filter((path) => path !== ''));
    this.trees.set(commit, known);
    return known;
  }

  private changes(from: string, to: string): ChangeSet {
    const key = `${from} ${to}`;
    const known = this.changeSets.get(key) ?? this.diff(from, to);
    this.changeSets.set(key, known);
    return known;
  }

  /** Renames as Git sees them alone, and copies, as in the product. */
  private diff(from: string, to: string): ChangeSet {
    const [renames, copies] = [[], ['-C']].map((flags) => parseNameStatus(this.git('diff', '--name-status', '-z', '-M', ...flags, '-l1000', from, to)));
    return { changed: renames?.changed ?? [], moves: [...(renames?.moves ?? []), ...(copies?.moves.filter((move) => move.kind === 'copied') ?? [])] };
  }

  private git(...args: readonly string[]): string[] {
    return execFileSync('git', ['-C', this.folder, ...args], { maxBuffer: 1 << 28 }).toString('utf8').split('\0');
  }
}

function revisionOf(version: DocumentVersion): string {
  if (version.kind === 'git') return version.rev;
  throw new Error('the check resolves Git versions only');
}

function parseNameStatus(fields: readonly string[]): ChangeSet {
  const moves: PathMove[] = [];
  const changed: string[] = [];
  let at = 0;
  while (at < fields.length - 1) {
    const status = fields[at] ?? '';
    const first = fields[at + 1] ?? '';
    if (/^[RC]/.test(status)) {
      const to = fields[at + 2] ?? '';
      moves.push({ from: first, to, kind: status.startsWith('R') ? 'renamed' : 'copied', similarity: Number(status.slice(1)) / 100 });
      changed.push(to);
      at += 3;
    } else {
      if (status !== 'D') changed.push(first);
      at += 2;
    }
  }
  return { moves, changed };
}
