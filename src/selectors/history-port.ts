import type { Awaitable } from '../base/awaitable.js';
import type { DocumentVersion } from '../base/position-spec.js';

/** A path whose content Git takes for a later form of another path's: renamed, or copied. `similarity` is in [0,1]. */
export interface PathMove {
  readonly from: string;
  readonly to: string;
  readonly kind: 'renamed' | 'copied';
  readonly similarity: number;
}

/** What changed between a version and now, whole tree. Only `moves` may pair a path with another one. */
export interface ChangeSet {
  readonly moves: readonly PathMove[];
  /** Paths that exist now and did not then, or whose content differs; moved ones included. */
  readonly changed: readonly string[];
}

/**
 * Where relocation reads from. The present is one snapshot: `textNow`, `pathsNow` and `changesSince` speak of the same moment.
 * Every method may be called often; implementations cache.
 */
export interface HistoryPort {
  /** The text of `path` in that version; null when the version is unknown or has no such file. A `sha256` version is the content itself, whatever its path. */
  textAt(version: DocumentVersion, path: string): Promise<string | null>;
  /** The text that another file had when the version was made; null when it had none or nobody knows. */
  textBeside(version: DocumentVersion, path: string): Promise<string | null>;
  textNow(path: string): Awaitable<string | null>;
  pathsNow(): Awaitable<ReadonlySet<string>>;
  /** The workspace's files in that version; null when it has none of its own (a `sha256` version). */
  pathsAt(version: DocumentVersion): Promise<ReadonlySet<string> | null>;
  /** Null where Git cannot say: then only the path itself is followed. */
  changesSince(version: DocumentVersion): Promise<ChangeSet | null>;
}
