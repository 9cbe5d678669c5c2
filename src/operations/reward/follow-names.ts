import type { Coverage } from '../../base/process-reward.js';
import type { BaseState, FileMeasurement, Measurement } from './base-state.js';
import { filesThatMayChange, type InterfaceDraft } from './interface-proof.js';
import { passedOnBy, type Holders, type ShownWay } from './passed-on.js';
import { PASSED_ON_MAX } from './reserve.js';
import type { ShadowLab } from './shadow-lab.js';
import type { StepTexts } from './step-files.js';

/** What is read of a step. */
interface FollowPlan extends StepTexts {
  readonly tier: Coverage['tier'];
  readonly everyFile: boolean;
  readonly budget: { readonly maxFiles: number };
}

/** True where files are chosen by what names lead to, neither none beside the touched ones nor all. */
export function followsNames({ tier, everyFile }: FollowPlan): boolean {
  return tier === 'dependents' && !everyFile;
}

/** What was found out of the tree before a step. */
interface BaseSoFar {
  readonly asIs: Measurement;
  readonly interfaces: InterfaceDraft;
  /** Files to which something may be passed on. */
  readonly inReserve: readonly string[];
}

/** What was found out of both sides; `asIs` is of the tree after the step. */
interface HeadSoFar extends BaseSoFar {
  readonly base: BaseState;
  readonly holders: readonly Holders[];
  readonly changed: ReadonlySet<string>;
  readonly shown: readonly ShownWay[];
}

/**
 * The nearest files, not measured yet, to which measured ones pass on something else than before, as the server shows it; where it shows nothing, that is supposed
 * of those whose diagnostics show the change. Where nothing shows, it hardly ever reaches further, and all that may be passed on is half of a repository.
 */
export async function nearestAt(lab: ShadowLab, plan: FollowPlan, { base, asIs, interfaces, holders, changed, shown }: HeadSoFar): Promise<string[]> {
  const touched = plan.files.flatMap(({ before }) => before?.path ?? []);
  const max = Math.min(PASSED_ON_MAX, plan.budget.maxFiles - asIs.size + touched.length);
  if (max <= 0) return [];
  const showing = new Set([...asIs.keys()].filter((path) => !sameDiagnostics(base.measured.get(path), asIs.get(path), touched.includes(path))));
  const { names, untold, passes } = passedOnBy(plan, holders, shown, { paths: [...asIs.keys()], showing });
  if (names.size + untold.size === 0) return [];
  const isNew = (path: string): boolean => !asIs.has(path) && plan.after.get(path) !== undefined;
  const seen = { changed: new Set([...names, ...(untold.size > 0 ? changed : [])]), imported: untold.size > 0 ? interfaces.imported : [] };
  const found = await filesThatMayChange(lab, plan, seen, { passes, isEnough: (paths) => [...paths].filter(isNew).length >= max });
  return [...found].filter(isNew).slice(0, max);
}

/** The files that may see something else, as far as that decides what is asked about: beyond those, one is as good as all. */
export async function mayChangeAt(lab: ShadowLab, plan: FollowPlan, { interfaces, asIs, inReserve }: BaseSoFar, changed: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const touched = plan.files.flatMap(({ before }) => before?.path ?? []);
  const dependents = [...asIs.keys()].filter((path) => !touched.includes(path));
  const isEnough = (found: ReadonlySet<string>): boolean => found.size > dependents.length + inReserve.length && dependents.every((path) => found.has(path));
  return filesThatMayChange(lab, plan, { changed, imported: interfaces.imported }, { isEnough });
}

/** Messages are left out: the text of inferred types depends on what a server was asked before. So are places in a file that `isEdited`. */
export function sameDiagnostics(before: FileMeasurement | undefined, after: FileMeasurement | undefined, isEdited = false): boolean {
  const keys = (found: FileMeasurement | undefined): string =>
    found === undefined || typeof found === 'string' ? String(found) : JSON.stringify(found.map(({ range, severity, code }) => JSON.stringify([isEdited ? null : range, severity, code])).sort());
  return keys(before) === keys(after);
}
