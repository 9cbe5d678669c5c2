import { focusOn, type ChangedNames, type Focus } from '../../reward/focus.js';
import { interfaceChange, reachingNames } from '../../reward/interface-change.js';
import { classChangedBy, namesChangedBy, nameWays, typesChangedBy } from '../../reward/name-ways.js';
import type { Measurement } from './base-state.js';
import { filesSeeing, importersThrough, isImported, moduleWords } from './dependents.js';
import { changesSeen, fileSide, moduleChangeSeen } from './file-sides.js';
import { PYTHON } from './import-statements.js';
import type { InterfaceDraft } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import type { ParsedFile, StepTexts, TouchedFile } from './step-files.js';

/** What is known when a step is measured. */
export interface FocusFacts {
  /** What was measured before it. */
  readonly known: Measurement;
  readonly interfaces: InterfaceDraft;
  /** The names of which a server shows something else than before; null where it was not asked. */
  readonly changed: ReadonlySet<string> | null;
}

/** A name that may mean something else where it comes from a file. */
interface NameOf {
  readonly name: string;
  readonly by: string;
  /** True for one that the file itself only imports: fewer can see that. */
  readonly isImported?: true;
}

/** As ChangedNames, by the files that they come from. It grows with the files that are asked about. */
interface Changed {
  readonly names: Map<string, NameOf>;
  readonly classes: Map<string, NameOf>;
}

/**
 * Which functions of files can have other diagnostics after a step: those whose text changed and those that mention a name which may mean
 * something else now, followed through all files that were asked about so far. The bodies of others need no check, where nothing outside sees them.
 */
export class StepFocus {
  readonly #lab: ShadowLab;
  readonly #plan: StepTexts;
  readonly #known: Measurement;
  readonly #changed: Changed;
  readonly #files = new Map<string, readonly ParsedFile[]>();

  private constructor(lab: ShadowLab, plan: StepTexts, { known, interfaces, changed }: FocusFacts) {
    [this.#lab, this.#plan, this.#known, this.#changed] = [lab, plan, known, whatChanges(plan.files, interfaces, changed)];
  }

  /** Returns null where no names say who can see a change. */
  static of(lab: ShadowLab, plan: StepTexts, facts: FocusFacts): StepFocus | null {
    const { isProvable, imported } = facts.interfaces;
    return isProvable && imported.every(({ name }) => /^\w+$/u.test(name)) ? new StepFocus(lab, plan, facts) : null;
  }

  /** Returns the focus of each of those of `paths` of which not all has to be checked. */
  async on(paths: readonly string[]): Promise<ReadonlyMap<string, Focus>> {
    const focuses = new Map<string, Focus>();
    if (paths.length === 0) return focuses;
    for (const path of paths) if (PYTHON.test(path)) await this.#read(path);
    const { before, after, specOf } = this.#plan;
    const [index, indexAfter] = [await this.#lab.words.indexOf(before, before.served(specOf)), await this.#lab.words.indexOf(after, after.served(specOf))];
    const isReached = (path: string, { name, by, isImported: isTaken }: NameOf): boolean => (isTaken ? filesSeeing(index, { name, by, modules: moduleWords({ path: by }) }) : importersThrough(index, by))?.has(path) !== false;
    this.#follow(isReached);
    const touched = new Set(this.#plan.files.map((file) => file.before?.path));
    const wholes = new Set(this.#plan.files.filter((file) => moduleChangeSeen(file)?.isByName !== true).map((file) => file.after?.path));
    for (const path of paths) {
      if (wholes.has(path)) continue;
      const known = this.#known.get(path);
      const [old, now] = this.#files.get(path) ?? [];
      if (known === undefined || known === 'excluded' || old === undefined || now === undefined) continue;
      const namesAt = (all: ReadonlyMap<string, NameOf>): Set<string> => new Set([...all.values()].filter((each) => isReached(path, each)).map(({ name }) => name));
      const changed: ChangedNames = { names: namesAt(this.#changed.names), classes: namesAt(this.#changed.classes) };
      // Mostly the tree before says so, of which it is known from step to step.
      const isNamedElsewhere = isImported(indexAfter, path) ? (name: string) => index.filesWith(name).some((other) => other !== path && !touched.has(other)) || indexAfter.filesWith(name).some((other) => other !== path) : null;
      const focus = focusOn(fileSide(old), fileSide(now), known, changed, isNamedElsewhere);
      if (focus !== null) focuses.set(path, focus);
    }
    return focuses;
  }

  /** Adds the names that mean something else because of others. */
  #follow(isReached: (path: string, name: NameOf) => boolean): void {
    for (const all of [this.#changed.names, this.#changed.classes]) {
      // They grow while they are gone through.
      for (const each of all.values()) {
        for (const file of [...this.#files.values()].flat()) {
          const others = nameWays(file).get(each.name);
          if (others !== undefined && isReached(file.path, each)) for (const name of others) add(all, { name, by: file.path });
        }
      }
    }
  }

  async #read(path: string): Promise<void> {
    if (this.#files.has(path)) return;
    const { before, after } = this.#plan;
    const [old, now] = [await before.parsed(path, true), await after.parsed(path, true)];
    this.#files.set(path, old === null || now === null ? [] : [old, now]);
  }
}

/** What a step changed, as far as anything outside it can see the change. */
function whatChanges(files: readonly TouchedFile[], { imported }: InterfaceDraft, shown: ReadonlySet<string> | null): Changed {
  const changed: Changed = { names: new Map(), classes: new Map() };
  for (const { name, by } of imported) for (const all of [changed.names, changed.classes]) add(all, { name, by, isImported: true });
  for (const { change, declaration, before, after } of files.flatMap(changesSeen)) {
    const isImport = [change.before, change.after].every((side) => side === null || side.kind === 'import');
    const kind = isImport ? 'changed' : interfaceChange(change, before, after);
    if (kind === 'none' || (kind === 'ask' && shown !== null && !reachingNames(declaration).some((name) => shown.has(name)))) continue;
    const names = namesChangedBy(change, before, after);
    const nameOf = (name: string): NameOf => ({ name, by: after.path, ...(isImport ? { isImported: true } : {}) });
    for (const name of [...names, ...classChangedBy(change)]) add(changed.names, nameOf(name));
    for (const name of typesChangedBy(change, names)) add(changed.classes, nameOf(name));
  }
  return changed;
}

function add(all: Map<string, NameOf>, item: NameOf): void {
  const key = JSON.stringify([item.name, item.by, item.isImported]);
  if (!all.has(key)) all.set(key, item);
}
