import { sameImage, type FileImage } from '../base/file-image.js';
import type { EditPlan, PlannedChange } from './planned-change.js';

/**
 * Returns the plan that leads from one set of files to another. A path that one side lacks is no file there. `renames` name files
 * that are the same one under another name; where both ends do not fit, they are a deletion and a creation.
 */
export function planBetween(before: ReadonlyMap<string, FileImage>, after: ReadonlyMap<string, FileImage>, renames: readonly { readonly from: string; readonly to: string }[] = []): EditPlan {
  const changes: PlannedChange[] = [];
  const done = new Set<string>();
  for (const { from, to } of renames) {
    const [source, target] = [before.get(from), after.get(to)];
    if (source === undefined || target === undefined || before.has(to) || after.has(from) || done.has(from) || done.has(to)) continue;
    done.add(from).add(to);
    changes.push({ kind: 'rename', path: to, from, before: source, after: target });
  }
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const change = done.has(path) ? null : changeOf(path, before.get(path) ?? null, after.get(path) ?? null);
    if (change !== null) changes.push(change);
  }
  return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function changeOf(path: string, before: FileImage | null, after: FileImage | null): PlannedChange | null {
  if (sameImage(before, after)) return null;
  if (before === null) return after === null ? null : { kind: 'create', path, before, after };
  return after === null ? { kind: 'delete', path, before, after } : { kind: 'write', path, before, after };
}
