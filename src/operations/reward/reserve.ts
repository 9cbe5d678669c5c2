import { derivedFrom, interfaceChange, passedOn, reachingNames, unnamedReach } from '../../reward/interface-change.js';
import { changesSeen, filesThatMayChange, type InterfaceDraft, type InterfacePlan } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import type { ParsedFile, TouchedFile } from './step-files.js';

/** So many files that no reference leads to are measured beside the dependents, because something may be passed on to them. */
export const PASSED_ON_MAX = 8;

/**
 * The files beside `dependents`, `max` at most, that may see a change although they do not refer to it: all of them where they are few, else the nearest to what
 * the language does by itself: makes an object of a derived class, calls `__len__`, compares with a protocol.
 */
export async function reserveOf(lab: ShadowLab, plan: InterfacePlan, { isProvable, changed, imported, asked }: InterfaceDraft, dependents: readonly string[], max: number): Promise<string[]> {
  const isNew = (path: string): boolean => !dependents.includes(path);
  if (isProvable) {
    const names = new Set([...changed, ...asked.flatMap(({ change }) => (change.after === null ? [] : reachingNames(change.after)))]);
    const found = await filesThatMayChange(lab, plan, { changed: names, imported }, { isEnough: ({ size }) => size > dependents.length + max });
    const more = [...found].filter(isNew).sort();
    if (more.length <= max) return more;
  }
  const reserve = new Set<string>();
  for (const [passes, names] of classesInReach(plan.files)) {
    const isEnough = (paths: ReadonlySet<string>): boolean => [...paths].filter(isNew).length >= max;
    for (const path of names.size === 0 ? [] : await filesThatMayChange(lab, plan, { changed: names, imported: [] }, { passes, isEnough })) if (isNew(path)) reserve.add(path);
  }
  return [...reserve].slice(0, max).sort();
}

type Passes = (file: ParsedFile, name: string) => readonly string[];

/** The classes of which something changed that is seen without being named, by what passes that on. */
function classesInReach(files: readonly TouchedFile[]): Map<Passes, Set<string>> {
  const classes = { heirs: new Set<string>(), values: new Set<string>() };
  for (const { change, before, after } of files.flatMap(changesSeen)) {
    const reach = interfaceChange(change, before, after) === 'changed' ? unnamedReach(change, before, after) : null;
    if (reach !== null) classes[reach.by].add(reach.type);
  }
  return new Map([[derivedFrom, classes.heirs], [passedOn, classes.values]]);
}
