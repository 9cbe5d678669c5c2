import { sha256 } from '../base/digest.js';
import { digestOfImage, type FileImage } from '../base/file-image.js';

/**
 * What becomes of one file. Paths are jailed and relative to the workspace. `before` and `after` are the whole files: `create` has no
 * `before`, `delete` no `after`; a `rename` has the file at `from` as its `before`, and nothing was at `path`.
 */
export type PlannedChange =
  | { readonly kind: 'create'; readonly path: string; readonly before: null; readonly after: FileImage }
  | { readonly kind: 'write'; readonly path: string; readonly before: FileImage; readonly after: FileImage }
  | { readonly kind: 'delete'; readonly path: string; readonly before: FileImage; readonly after: null }
  | { readonly kind: 'rename'; readonly path: string; readonly from: string; readonly before: FileImage; readonly after: FileImage };

/** A change of files that nobody has made yet, ordered by path. No two changes speak of the same path, `from` included. */
export interface EditPlan {
  readonly changes: readonly PlannedChange[];
}

/** What one path holds before and after: a rename is two of these. */
export interface PathChange {
  readonly path: string;
  readonly before: FileImage | null;
  readonly after: FileImage | null;
}

/** Returns the changes path by path, ordered by path. */
export function pathChanges({ changes }: EditPlan): PathChange[] {
  const flat = changes.flatMap((change): PathChange[] =>
    change.kind === 'rename'
      ? [{ path: change.from, before: change.before, after: null }, { path: change.path, before: null, after: change.after }]
      : [{ path: change.path, before: change.before, after: change.after }],
  );
  return flat.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `{path, before, after}` of a bundle: digests of the contents by path, null where there is no file. */
export function fileDigests(plan: EditPlan): { path: string; before: string | null; after: string | null }[] {
  return pathChanges(plan).map(({ path, before, after }) => ({ path, before: digestOfImage(before), after: digestOfImage(after) }));
}

/** Names a plan by what it changes: the same change of the same files has the same name. */
export function transactionId(plan: EditPlan): string {
  const lines = pathChanges(plan).map(({ path, before, after }) => JSON.stringify([path, before?.mode ?? null, digestOfImage(before), after?.mode ?? null, digestOfImage(after)]));
  return `txn-${sha256(lines.join('\n')).slice('sha256:'.length, 'sha256:'.length + 16)}`;
}
