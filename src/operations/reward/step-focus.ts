import { focusOn, type ChangedNames, type Focus } from '../../reward/focus.js';
import { interfaceChange, reachingNames } from '../../reward/interface-change.js';
import { classChangedBy, namesChangedBy, nameWays } from '../../reward/name-ways.js';
import type { Measurement } from './base-state.js';
import { fileSide } from './file-sides.js';
import { changesSeen, type InterfaceDraft, type InterfacePlan } from './interface-proof.js';
import type { ShadowLab } from './shadow-lab.js';
import type { ParsedFile, TouchedFile, TreeView } from './step-files.js';

/** What is read of a step. */
export interface FocusPlan extends InterfacePlan {
  readonly after: TreeView;
}

/** What is known when a step is measured. */
export interface FocusFacts {
  /** What was measured before it. */
  readonly known: Measurement;
  readonly interfaces: InterfaceDraft;
  /** The names of which a server shows something else than before; null where it was not asked. */
  readonly changed: ReadonlySet<string> | null;
}

/** It grows with the files that are asked about. */
interface Changed extends ChangedNames {
  readonly names: Set<string>;
  readonly classes: Set<string>;
}

/**
 * Which functions of files can have other diagnostics after a step: those whose text changed and those that mention a name which may mean
 * something else now, followed through all files that were asked about so far. The bodies of others need no check, where nothing outside sees them.
 */
export class StepFocus {
  readonly #lab: ShadowLab;
  readonly #plan: FocusPlan;
  readonly #known: Measurement;
  readonly #changed: Changed;
  readonly #files = new Map<string, readonly ParsedFile[]>();

  private constructor(lab: ShadowLab, plan: FocusPlan, known: Measurement, changed: Changed) {
    [this.#lab, this.#plan, this.#known, this.#changed] = [lab, plan, known, changed];
  }

  /** Returns null where no names say who can see a change. */
  static of(lab: ShadowLab, plan: FocusPlan, { known, interfaces, changed }: FocusFacts): StepFocus | null {
    const isNamed = interfaces.imported.every(({ name }) => /^\w+$/u.test(name) && name !== 'annotations');
    return interfaces.isProvable && isNamed ? new StepFocus(lab, plan, known, whatChanges(plan.files, changed)) : null;
  }

  /** Returns the focus of each of those of `paths` of which not all has to be checked. */
  async on(paths: readonly string[]): Promise<ReadonlyMap<string, Focus>> {
    const focuses = new Map<string, Focus>();
    for (const path of paths) if (/\.pyi?$/u.test(path)) await this.#read(path);
    const ways = [...this.#files.values()].flat().map((file) => nameWays(file));
    // They grow while they are gone through.
    for (const set of [this.#changed.names, this.#changed.classes]) for (const name of set) for (const names of ways) for (const other of names.get(name) ?? []) set.add(other);
    const { after, specOf } = this.#plan;
    const index = await this.#lab.words.indexOf(after, after.served(specOf));
    for (const path of paths) {
      const known = this.#known.get(path);
      const [old, now] = this.#files.get(path) ?? [];
      if (known === undefined || known === 'excluded' || old === undefined || now === undefined) continue;
      const focus = focusOn(fileSide(old), fileSide(now), known, this.#changed, (name) => index.filesWith(name).some((other) => other !== path));
      if (focus !== null) focuses.set(path, focus);
    }
    return focuses;
  }

  async #read(path: string): Promise<void> {
    if (this.#files.has(path)) return;
    const { before, after } = this.#plan;
    const [old, now] = [await before.parsed(path, true), await after.parsed(path, true)];
    this.#files.set(path, old === null || now === null ? [] : [old, now]);
  }
}

/** What a step changed, as far as anything outside it can see the change. */
function whatChanges(files: readonly TouchedFile[], shown: ReadonlySet<string> | null): Changed {
  const seen = files.flatMap(changesSeen).filter(({ change, declaration, before, after }) => {
    const kind = declaration.kind === 'import' ? 'changed' : interfaceChange(change, before, after);
    return kind === 'changed' || (kind === 'ask' && (shown === null || reachingNames(declaration).some((name) => shown.has(name))));
  });
  const names = seen.flatMap(({ change, before, after }) => namesChangedBy(change, before, after));
  return { names: new Set([...names, ...seen.flatMap(({ change }) => classChangedBy(change))]), classes: new Set(names) };
}
