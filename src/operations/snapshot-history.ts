import { whenThere, type Awaitable } from '../base/awaitable.js';
import type { DocumentVersion, PositionSpec } from '../base/position-spec.js';
import type { ChangeSet, HistoryPort, PathMove } from '../selectors/history-port.js';
import { lineBag, similarity } from '../workspace/similarity.js';
import { refuseOutside } from '../workspace/read-file.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { SourceFiles } from './source-files.js';

/** A content that a selector is pinned to, and what else is known of the moment. */
interface Origin {
  readonly text: string;
  readonly path: string;
  /** A commit from whose state the workspace had not strayed far then; null when nobody knows one. */
  readonly commit: string | null;
}

/** A file that is gone is taken for renamed to a new one from this likeness on, as Git does. */
const RENAMED_PERCENT_MIN = 50;

/** The past of one snapshot, for one question: Git's commits, and contents by their digest from wherever they are known. */
export class SnapshotHistory implements HistoryPort {
  private readonly sources: SourceFiles;
  private readonly snapshot: Snapshot;
  private readonly ownPath: string | null;
  private readonly origins = new Map<string, Promise<Origin | null>>();

  constructor(sources: SourceFiles, snapshot: Snapshot, spec: PositionSpec) {
    this.sources = sources;
    this.snapshot = snapshot;
    this.ownPath = 'path' in spec ? spec.path : null;
  }

  textNow(path: string): Awaitable<string | null> {
    const file = this.snapshot.files.get(path);
    // A symlink is followed where it was asked for; in a search its target is met anyway.
    if (file === undefined || (file.mode === 'symlink' && path !== this.ownPath)) return null;
    return whenThere(this.sources.text(this.snapshot, path), ({ text }) => text);
  }

  pathsNow(): ReadonlySet<string> {
    return this.sources.pathsOf(this.snapshot);
  }

  async textAt(version: DocumentVersion, path: string): Promise<string | null> {
    refuseOutside(path);
    if (version.kind === 'git') return this.textOfCommit(await this.sources.history.commitOf(version.rev), path);
    return (await this.originOf(version.digest, path))?.text ?? null;
  }

  async textBeside(version: DocumentVersion, path: string): Promise<string | null> {
    const commit = await this.commitNear(version);
    return commit === null ? null : this.textOfCommit(commit, path);
  }

  async pathsAt(version: DocumentVersion): Promise<ReadonlySet<string> | null> {
    if (version.kind === 'git') return this.sources.history.pathsAt(await this.sources.history.commitOf(version.rev));
    const kept = await this.sources.kept(version.digest);
    if (kept === null) return null;
    const commit = await this.knownCommit(kept.commit);
    return new Set([...(commit === null ? [] : await this.sources.history.pathsAt(commit)), kept.path]);
  }

  async changesSince(version: DocumentVersion): Promise<ChangeSet | null> {
    const commit = await this.commitNear(version);
    const changes = commit === null ? null : await this.sources.history.changesSince(commit, this.snapshot.digest);
    const present = changes && { moves: changes.moves.filter(({ to }) => this.exists(to)), changed: changes.changed.filter((path) => this.exists(path)) };
    if (version.kind === 'git') return present;
    const origin = await this.knownOrigin(version.digest);
    if (origin === null || this.exists(origin.path) || present?.moves.some(({ from }) => from === origin.path) === true) return present;
    const moves = await this.movesOf(origin, version.digest, present?.changed ?? []);
    return { moves: [...(present?.moves ?? []), ...moves], changed: present?.changed ?? moves.map(({ to }) => to) };
  }

  /** Where a file went that no commit knows: to one with its very content, else to new ones that are like it. */
  private async movesOf({ text, path }: Origin, digest: string, changed: readonly string[]): Promise<PathMove[]> {
    const same = [...this.snapshot.files].flatMap(([to, file]) => (file.sha256 === digest && file.mode !== 'symlink' ? [to] : []));
    if (same.length > 0) return same.map((to) => ({ from: path, to, kind: 'renamed', similarity: 1 }));
    const bag = lineBag(Buffer.from(text, 'utf8'));
    const moves: PathMove[] = [];
    for (const to of changed) {
      const now = bag === null ? null : await this.textNow(to);
      const other = now === null ? null : lineBag(Buffer.from(now, 'utf8'));
      const percent = bag === null || other === null ? 0 : similarity(bag, other);
      if (percent >= RENAMED_PERCENT_MIN) moves.push({ from: path, to, kind: 'renamed', similarity: percent / 100 });
    }
    return moves.sort((a, b) => b.similarity - a.similarity).slice(0, 1);
  }

  private async commitNear(version: DocumentVersion): Promise<string | null> {
    if (version.kind === 'git') return this.sources.history.commitOf(version.rev);
    return (await this.knownOrigin(version.digest))?.commit ?? null;
  }

  private knownOrigin(digest: string): Promise<Origin | null> {
    return this.origins.get(digest) ?? Promise.resolve(null);
  }

  /** `path` is where the selector says that the content was. */
  private originOf(digest: string, path: string): Promise<Origin | null> {
    const origin = this.origins.get(digest) ?? this.findOrigin(digest, path);
    this.origins.set(digest, origin);
    return origin;
  }

  /** A content is looked for in its file, in the store, in any other file, and in what Git has had at its path. */
  private async findOrigin(digest: string, path: string): Promise<Origin | null> {
    if (this.snapshot.files.get(path)?.sha256 === digest) return { text: (await this.sources.text(this.snapshot, path)).text, path, commit: null };
    const kept = await this.sources.kept(digest);
    if (kept !== null) return { text: kept.text, path, commit: await this.knownCommit(kept.commit) };
    const past = await this.sources.history.contentWithDigest(path, digest);
    if (past !== null) return { text: past.bytes.toString('utf8'), path, commit: past.commit };
    const [elsewhere] = [...this.snapshot.files].find(([, file]) => file.sha256 === digest && file.mode !== 'symlink') ?? [];
    return elsewhere === undefined ? null : { text: (await this.sources.text(this.snapshot, elsewhere)).text, path, commit: null };
  }

  /** A commit that was noted down may be gone since. */
  private async knownCommit(commit: string | null): Promise<string | null> {
    return commit === null ? null : this.sources.history.findCommit(commit);
  }

  private async textOfCommit(commit: string, path: string): Promise<string | null> {
    return (await this.sources.history.bytesAt(commit, path))?.toString('utf8') ?? null;
  }

  private exists(path: string): boolean {
    return this.snapshot.files.has(path);
  }
}

/** Throws E/FS_PERMISSIONS for a selector that names a path outside the workspace. */
export function refuseOutsidePaths(spec: PositionSpec): void {
  for (const path of pathsIn(spec)) refuseOutside(path);
}

function pathsIn(spec: PositionSpec): string[] {
  switch (spec.kind) {
    case 'cursor':
    case 'range':
    case 'anchor':
      return [spec.path];
    case 'symbolic':
      return spec.scheme === 'sym' ? [spec.module] : [];
    case 'ast':
      return [spec.root.name];
  }
}
