import { TextDocument } from '../../base/text-document.js';
import { ABSTRACT_WORDS, derivedFrom, interfaceChange, isAbstract, passedOn, reachingNames, unnamedReach } from '../../reward/interface-change.js';
import { changesSeen, filesThatMayChange, type InterfaceDraft, type InterfacePlan } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import type { ParsedFile } from './step-files.js';

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
  for (const [passes, names] of await classesInReach(lab, plan)) {
    const isEnough = (paths: ReadonlySet<string>): boolean => [...paths].filter(isNew).length >= max;
    for (const path of names.size === 0 ? [] : await filesThatMayChange(lab, plan, { changed: names, imported: [] }, { passes, isEnough })) if (isNew(path)) reserve.add(path);
  }
  return [...reserve].slice(0, max).sort();
}

type Passes = (file: ParsedFile, name: string) => readonly string[];

/** The classes of which something changed that is seen without being named, by what passes that on. */
async function classesInReach(lab: ShadowLab, plan: InterfacePlan): Promise<Map<Passes, Set<string>>> {
  const classes = { heirs: new Set<string>(), values: new Set<string>() };
  for (const { change, before, after } of plan.files.flatMap(changesSeen)) {
    if (interfaceChange(change, before, after) !== 'changed') continue;
    const reach = unnamedReach(change, before, after);
    if (reach !== null) classes[reach.by].add(reach.type);
    for (const declaration of change.before?.name === change.after?.name ? [] : [change.before, change.after]) {
      const owner = declaration?.qualname.at(-2);
      if (owner !== undefined && !classes.heirs.has(owner) && (await isDemanded(lab, plan, declaration?.name ?? ''))) classes.heirs.add(owner);
    }
  }
  return new Map([[derivedFrom, classes.heirs], [passedOn, classes.values]]);
}

/** True when a class of the tree before has an abstract member of that name: of a class without it no object can be made. */
async function isDemanded(lab: ShadowLab, { before, specOf }: InterfacePlan, name: string): Promise<boolean> {
  const index = await lab.words.indexOf(before, before.served(specOf));
  const abstract = new Set(ABSTRACT_WORDS.flatMap((word) => index.filesWith(word)));
  for (const path of index.filesWith(name)) {
    const file = abstract.has(path) ? await before.parsed(path, false) : null;
    if (file === null) continue;
    const document = new TextDocument(file.text);
    if (file.structure?.declarations.some((item) => item.name === name && isAbstract(item, document)) === true) return true;
  }
  return false;
}
