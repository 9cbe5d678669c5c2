import type { Coverage, Neutralisation } from '../../base/process-reward.js';
import { uriFromPath } from '../../base/relative-uri.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { DanglingReference, FilePair } from '../../reward/step-facts.js';
import { planNeutralisation } from '../../reward/suppressions.js';
import { withContents } from '../../workspace/tree.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { findDanglingReferences } from './dangling-references.js';
import { findImporters, findReferences, type ReferencedDeclaration } from './dependents.js';
import { fileSide } from './file-sides.js';
import { measure, type FileMeasurement, type Measurement } from './measure.js';
import { changedSettings } from './settings-files.js';
import type { ShadowLab } from './shadow-lab.js';
import { nameOf, type TouchedFile, type TreeView } from './step-files.js';
import type { Step } from './step.js';

export interface StepPlan {
  readonly step: Step;
  readonly files: readonly TouchedFile[];
  /** Touched paths that lie outside the workspace, from the top of the repository. */
  readonly outside: readonly string[];
  readonly before: TreeView;
  readonly after: TreeView;
  /** From workspace path to repository path. */
  readonly prefix: string;
  readonly specOf: (path: string) => ServerSpec | null;
  readonly tier: Coverage['tier'];
  /** Called with the name of each phase as it ends. */
  readonly onPhase: (phase: string) => void;
}

export interface MeasuredStep {
  readonly pairs: readonly FilePair[];
  readonly dependents: readonly string[];
  readonly measured: readonly string[];
  readonly excluded: readonly string[];
  readonly referencedBefore: readonly ReferencedDeclaration[];
  readonly referencedAfter: readonly ReferencedDeclaration[];
  readonly danglingReferences: readonly DanglingReference[];
  readonly neutralisedSettings: readonly Neutralisation[];
}

/** Measures both sides of a step in the lab's worktree, each as it is and neutrally. Throws the server's failure when one fails. */
export async function measureStep(lab: ShadowLab, plan: StepPlan): Promise<MeasuredStep> {
  const { step, files, before, after, specOf, tier, onPhase } = plan;
  const neutral = neutralTrees(plan);
  const all = (view: TreeView): string[] => view.paths().filter((path) => specOf(path) !== null);
  const touched = (side: 'before' | 'after'): string[] => files.flatMap((file) => file[side]?.path ?? []);

  await lab.show(step.before);
  onPhase('baseWritten');
  await lab.start(specsOf(touched('before'), specOf));
  onPhase('ready');
  const asIsBefore = new Map<string, FileMeasurement>();
  const pull = async (into: Map<string, FileMeasurement>, paths: Iterable<string>): Promise<void> => {
    for (const [path, found] of await measure(lab, specOf, paths)) into.set(path, found);
  };
  const [referencesBefore, importers] = await Promise.all([
    findReferences(lab, before, specOf, files, 'before'),
    findImporters(before, specOf, files),
    pull(asIsBefore, tier === 'exact' ? all(before) : touched('before')),
  ]);
  const dependentsBefore = new Set([...referencesBefore.paths, ...importers]);
  await pull(asIsBefore, unseen(dependentsBefore, asIsBefore));
  const neutralBefore = await measureNeutral(lab, specOf, asIsBefore, neutral.before);
  onPhase('base');

  await lab.show(step.after);
  const asIsAfter = new Map<string, FileMeasurement>();
  const [referencesAfter, danglingReferences] = await Promise.all([
    findReferences(lab, after, specOf, files, 'after'),
    findDanglingReferences(lab, after, specOf, files, referencesBefore.referenced),
    pull(asIsAfter, tier === 'exact' ? all(after) : touched('after')),
  ]);
  const dependents = new Set([...dependentsBefore, ...referencesAfter.paths]);
  await pull(asIsAfter, unseen([...dependents].filter((path) => after.get(path) !== undefined), asIsAfter));
  const neutralAfter = await measureNeutral(lab, specOf, asIsAfter, neutral.after);
  onPhase('head');

  const late = referencesAfter.paths.filter((path) => before.get(path) !== undefined && !asIsBefore.has(path));
  if (late.length > 0) {
    await lab.show(step.before);
    for (const [path, found] of await measure(lab, specOf, late)) {
      asIsBefore.set(path, found);
      neutralBefore.set(path, found);
    }
    onPhase('baseAgain');
  }

  const sides = { before: { asIs: asIsBefore, neutral: neutralBefore }, after: { asIs: asIsAfter, neutral: neutralAfter } };
  const untouched = [...new Set([...asIsBefore.keys(), ...asIsAfter.keys()])].filter((path) => !files.some((file) => file.before?.path === path || file.after?.path === path)).sort();
  const pairs: FilePair[] = files.map((file) => ({ before: fileSide(file.before, sides.before), after: fileSide(file.after, sides.after), touched: true }));
  for (const path of untouched) {
    const file = await before.parsed(path, false);
    pairs.push({ before: fileSide(file, sides.before), after: fileSide(file, sides.after), touched: false });
  }
  return {
    pairs,
    dependents: [...dependents].sort(),
    ...sortedByOutcome([asIsBefore, asIsAfter]),
    referencedBefore: referencesBefore.referenced,
    referencedAfter: referencesAfter.referenced,
    danglingReferences,
    neutralisedSettings: neutral.settings,
  };
}

function specsOf(paths: readonly string[], specOf: StepPlan['specOf']): Set<ServerSpec> {
  return new Set(paths.flatMap((path) => specOf(path) ?? []));
}

function unseen(paths: Iterable<string>, measured: Measurement): string[] {
  return [...paths].filter((path) => !measured.has(path));
}

interface NeutralTree {
  readonly tree: FileTree;
  /** The files whose neutral text differs; 'all' when settings differ. */
  readonly remeasured: ReadonlySet<string> | 'all';
}

/** Both trees without the suppressions that the step adds or removes, the one after with the settings of the base. */
function neutralTrees(plan: StepPlan): { before: NeutralTree; after: NeutralTree; settings: readonly Neutralisation[] } {
  const { step, prefix } = plan;
  const pairs = plan.files.map((file): FilePair => ({ before: fileSide(file.before), after: fileSide(file.after), touched: true }));
  const blanked = planNeutralisation(pairs);
  const settings = changedSettings(plan.files);
  const contents = (texts: ReadonlyMap<string, string>): Map<string, Buffer | null> => new Map([...texts].map(([path, text]) => [prefix + path, Buffer.from(text, 'utf8')]));
  const after = contents(blanked.after);
  for (const file of settings) {
    if (file.after !== null) after.set(prefix + file.after.path, null);
    if (file.before !== null) after.set(prefix + file.before.path, file.before.bytes);
  }
  return {
    before: { tree: withContents(step.before, contents(blanked.before)), remeasured: new Set(blanked.before.keys()) },
    after: { tree: withContents(step.after, after), remeasured: settings.length > 0 ? 'all' : new Set(blanked.after.keys()) },
    settings: settings.map((file) => ({ kind: 'settings', text: nameOf(file), uri: uriFromPath(nameOf(file)), range: [0, 0, 0, 0] })),
  };
}

async function measureNeutral(lab: ShadowLab, specOf: (path: string) => ServerSpec | null, asIs: Measurement, neutral: NeutralTree): Promise<Map<string, FileMeasurement>> {
  const merged = new Map(asIs);
  const paths = neutral.remeasured === 'all' ? [...asIs.keys()] : [...neutral.remeasured].filter((path) => asIs.has(path));
  if (paths.length === 0) return merged;
  await lab.show(neutral.tree);
  for (const [path, found] of await measure(lab, specOf, paths)) merged.set(path, found);
  return merged;
}

/** A file is excluded when every side that was asked about says so. */
function sortedByOutcome(measurements: readonly Measurement[]): { measured: string[]; excluded: string[] } {
  const paths = [...new Set(measurements.flatMap((measurement) => [...measurement.keys()]))].sort();
  const isExcluded = (path: string): boolean => measurements.every((measurement) => (measurement.get(path) ?? 'excluded') === 'excluded');
  return { measured: paths.filter((path) => !isExcluded(path)), excluded: paths.filter(isExcluded) };
}
