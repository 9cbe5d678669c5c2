import type { Coverage, Neutralisation } from '../../base/process-reward.js';
import { uriFromPath } from '../../base/relative-uri.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { DanglingReference, FilePair } from '../../reward/step-facts.js';
import { planNeutralisation } from '../../reward/suppressions.js';
import { withContents } from '../../workspace/tree.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { findDanglingReferences } from './dangling-references.js';
import type { BaseState, FileMeasurement, Measurement } from './base-state.js';
import { findImporters, findReferences, referenceQuestions, referringFiles, type ReferencedDeclaration } from './dependents.js';
import { fileSide } from './file-sides.js';
import { measure } from './measure.js';
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
  const { step, files, before, specOf } = plan;
  const neutral = neutralTrees(plan);
  const base = await lab.bases.of(step.before);
  const known = await measureBase(lab, plan, base);
  const neutralBefore = await measureNeutral(lab, specOf, known.asIs, neutral.before);
  plan.onPhase('base');
  const head = await measureHead(lab, plan, known);
  const neutralAfter = await measureNeutral(lab, specOf, head.asIs, neutral.after);
  plan.onPhase('head');
  const late = head.dependents.filter((path) => before.get(path) !== undefined && !known.asIs.has(path));
  if (late.length > 0) {
    await measureOnBase(lab, plan, base, late);
    for (const path of late) {
      const found = base.measured.get(path);
      if (found === undefined) continue;
      known.asIs.set(path, found);
      neutralBefore.set(path, found);
    }
    plan.onPhase('baseAgain');
  }

  const sides = { before: { asIs: known.asIs, neutral: neutralBefore }, after: { asIs: head.asIs, neutral: neutralAfter } };
  const untouched = [...new Set([...known.asIs.keys(), ...head.asIs.keys()])].filter((path) => !files.some((file) => file.before?.path === path || file.after?.path === path)).sort();
  const pairs: FilePair[] = files.map((file) => ({ before: fileSide(file.before, sides.before), after: fileSide(file.after, sides.after), touched: true }));
  for (const path of untouched) {
    const file = await before.parsed(path, false);
    pairs.push({ before: fileSide(file, sides.before), after: fileSide(file, sides.after), touched: false });
  }
  return {
    pairs,
    dependents: [...new Set([...known.dependents, ...head.dependents])].sort(),
    ...sortedByOutcome([known.asIs, head.asIs]),
    referencedBefore: known.referenced,
    referencedAfter: head.referenced,
    danglingReferences: head.danglingReferences,
    neutralisedSettings: neutral.settings,
  };
}

interface SideFacts {
  readonly asIs: Map<string, FileMeasurement>;
  readonly referenced: readonly ReferencedDeclaration[];
  readonly dependents: readonly string[];
}

/** What is known of the tree before the step. It is put on disk only when something is not known of it yet. */
async function measureBase(lab: ShadowLab, plan: StepPlan, base: BaseState): Promise<SideFacts> {
  const { step, files, before, specOf, tier } = plan;
  const wanted = tier === 'exact' ? servedFiles(before, specOf) : touchedPaths(files, 'before');
  const [questions, importers] = await Promise.all([
    referenceQuestions(lab.words, before, specOf, files, 'before'),
    findImporters(lab.words, before, specOf, files),
  ]);
  if (questions.some((question) => !base.references.has(question.key)) || unseen([...wanted, ...importers], base.measured).length > 0) {
    await lab.show(step.before);
    plan.onPhase('baseWritten');
    await lab.start(specsOf(touchedPaths(files, 'before'), specOf));
    plan.onPhase('ready');
  }
  const [referenced] = await Promise.all([
    findReferences(lab, specOf, questions, base.references),
    measureInto(lab, specOf, wanted, base.measured),
  ]);
  const dependents = [...new Set([...referringFiles(referenced, before, specOf, files), ...importers])];
  await measureOnBase(lab, plan, base, dependents);
  lab.analysis.recall(specsOf([...wanted, ...dependents], specOf));
  const asIs = new Map([...wanted, ...dependents].flatMap((path) => { const found = base.measured.get(path); return found === undefined ? [] : [[path, found] as const]; }));
  return { asIs, referenced, dependents };
}

async function measureHead(lab: ShadowLab, plan: StepPlan, known: SideFacts): Promise<SideFacts & { readonly danglingReferences: readonly DanglingReference[] }> {
  const { step, files, after, specOf, tier } = plan;
  await lab.show(step.after);
  const asIs = new Map<string, FileMeasurement>();
  const questions = await referenceQuestions(lab.words, after, specOf, files, 'after');
  const [referenced, danglingReferences] = await Promise.all([
    findReferences(lab, specOf, questions, new Map()),
    findDanglingReferences(lab, after, specOf, files, known.referenced),
    measureInto(lab, specOf, tier === 'exact' ? servedFiles(after, specOf) : touchedPaths(files, 'after'), asIs),
  ]);
  const dependents = referringFiles(referenced, after, specOf, files);
  const present = [...new Set([...known.dependents, ...dependents])].filter((path) => after.get(path) !== undefined);
  await measureInto(lab, specOf, present, asIs);
  return { asIs, referenced, dependents, danglingReferences };
}

/** Measures those of `paths` that are not known of the tree before the step, showing it for them. */
async function measureOnBase(lab: ShadowLab, { step, specOf }: StepPlan, base: BaseState, paths: readonly string[]): Promise<void> {
  if (unseen(paths, base.measured).length === 0) return;
  await lab.show(step.before);
  await measureInto(lab, specOf, paths, base.measured);
}

/** Asks about those of `paths` that are not known yet. The lab must show their tree. */
async function measureInto(lab: ShadowLab, specOf: StepPlan['specOf'], paths: readonly string[], into: Map<string, FileMeasurement>): Promise<void> {
  for (const [path, found] of await measure(lab, specOf, unseen(paths, into))) into.set(path, found);
}

function servedFiles(view: TreeView, specOf: StepPlan['specOf']): string[] {
  return view.paths().filter((path) => specOf(path) !== null);
}

function touchedPaths(files: readonly TouchedFile[], side: 'before' | 'after'): string[] {
  return files.flatMap((file) => file[side]?.path ?? []);
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
