import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Coverage, Neutralisation } from '../../base/process-reward.js';
import { uriFromPath } from '../../base/relative-uri.js';
import type { Focus } from '../../reward/focus.js';
import type { DanglingReference, FilePair } from '../../reward/step-facts.js';
import { planNeutralisation } from '../../reward/suppressions.js';
import { withContents } from '../../workspace/tree.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { findDanglingReferences } from './dangling-references.js';
import { sameDiagnostics, type BaseState, type FileMeasurement, type Measurement } from './base-state.js';
import { findImporters, findReferences, referenceQuestions, referringFiles, type ReferencedDeclaration, type ReferenceQuestion } from './dependents.js';
import { fileSide, type SideMeasurements } from './file-sides.js';
import { askedPlaces, changedNames, draftInterfaces, type InterfaceDraft } from './interface-proof.js';
import { measure } from './measure.js';
import { EVERY_FILE, filesReached, NEAREST, placesComparedFirst, type ReachedFiles, type ReachLimits } from './reached-files.js';
import { changedSettings } from './settings-files.js';
import type { ShadowLab } from './shadow-lab.js';
import { knowsShown, readShown } from './shown.js';
import { StepFocus } from './step-focus.js';
import { nameOf, pathsOf, specsOf, type SpecOf, type TouchedFile, type TreeView } from './step-files.js';
import type { Step } from './step.js';
import type { WordTable } from './word-index.js';

/** What may be spent on files that the step does not touch. */
export interface Budget {
  readonly maxFiles: number;
  /** Called when the step has its turn: its time begins. */
  readonly begin: () => void;
  /** True once that time is over. */
  readonly isSpent: () => boolean;
}

export interface StepPlan {
  readonly step: Step;
  readonly files: readonly TouchedFile[];
  /** Touched paths that lie outside the workspace, from the top of the repository. */
  readonly outside: readonly string[];
  readonly before: TreeView;
  readonly after: TreeView;
  /** From workspace path to repository path. */
  readonly prefix: string;
  readonly specOf: SpecOf;
  readonly tier: Coverage['tier'];
  /** True when every file is measured: by the exact tier, and where the step changes settings, on which all depend. */
  readonly everyFile: boolean;
  readonly budget: Budget;
  /** Asks about files that the interfaces prove unchanged all the same, and says where the proof was wrong. */
  readonly verify: boolean;
  /** Called with the name of each phase as it ends. */
  readonly onPhase: (phase: string) => void;
  /** Called while the lab shows the head, after its diagnostics were read. It may show something else. */
  readonly atHead?: (lab: ShadowLab) => Promise<void>;
  /** Untouched files that are measured although no reference leads to them. */
  readonly besides: readonly string[];
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
  readonly proof: Pick<Coverage, 'proved' | 'complete' | 'disproved' | 'overBudget'>;
}

/** What the texts of a step say, before any server is asked. */
export interface StepDraft {
  readonly neutral: NeutralTrees;
  /** The declarations whose references are to be known, on each side. */
  readonly questions: Readonly<Record<'before' | 'after', readonly ReferenceQuestion[]>>;
  readonly importers: readonly string[];
  readonly interfaces: InterfaceDraft;
}

/** What the servers said of a step. */
export interface SidesOfStep {
  readonly before: SideMeasurements;
  readonly after: SideMeasurements;
  readonly known: SideFacts;
  readonly head: HeadFacts;
  readonly overBudget: readonly string[];
}

/** Reads what the texts of a step say, in several turns: another step may wait for its servers meanwhile. */
export async function draftStep(words: WordTable, plan: StepPlan): Promise<StepDraft> {
  const { files, before, after, specOf, tier } = plan;
  await nextTurn();
  const neutral = neutralTrees(plan);
  await nextTurn();
  const interfaces = await draftInterfaces(words, plan);
  await nextTurn();
  if (tier === 'touched') return { neutral, questions: { before: [], after: [] }, importers: [], interfaces };
  const questions = { before: await referenceQuestions(words, before, specOf, files, 'before'), after: await referenceQuestions(words, after, specOf, files, 'after') };
  return { neutral, questions, importers: await findImporters(words, plan), interfaces };
}

/** Measures both sides of a step in the lab's worktree, each as it is and neutrally. Throws the server's failure when one fails. */
export async function measureSides(lab: ShadowLab, plan: StepPlan, drafted: StepDraft): Promise<SidesOfStep> {
  const { step, before } = plan;
  const { interfaces } = drafted;
  const draft = { ...drafted, interfaces: { ...interfaces, isProvable: interfaces.isProvable && !(await isInLibrary(lab, plan, interfaces.modules)) } };
  const { neutral } = draft;
  const base = await lab.bases.of(step.before);
  const known = await measureBase(lab, plan, draft, base);
  const neutralBefore = await measureNeutral(lab, plan, known.asIs, { from: before, to: neutral.before });
  plan.onPhase('base');
  const head = await measureHead(lab, plan, draft, known, base);
  await plan.atHead?.(lab);
  const neutralAfter = await measureNeutral(lab, plan, head.asIs, { from: plan.after, to: neutral.after });
  plan.onPhase('head');
  const late = head.dependents.filter((path) => before.get(path) !== undefined && !known.asIs.has(path));
  if (late.length > 0) {
    await measureOnBase(lab, plan, base, late);
    for (const [path, found] of recall(base, late)) {
      known.asIs.set(path, found);
      neutralBefore.set(path, found);
    }
    plan.onPhase('baseAgain');
  }
  for (const [path, found] of await inOrderOfHead(lab, plan, base, { interfaces: draft.interfaces, before: known.asIs, after: head.asIs })) {
    known.asIs.set(path, found);
    neutralBefore.set(path, found);
  }
  const overBudget = [...new Set([...known.overBudget, ...head.overBudget])].sort();
  for (const path of overBudget) for (const side of [known.asIs, head.asIs, neutralBefore, neutralAfter]) side.delete(path);
  return { before: { asIs: known.asIs, neutral: neutralBefore }, after: { asIs: head.asIs, neutral: neutralAfter }, known, head, overBudget };
}

/**
 * What the base says of untouched files that differ, asked about the same files in the same order as the head was: what pyright infers in a circle depends on what it was asked before. Where names
 * say what can differ, the rest was left out of the check.
 */
async function inOrderOfHead(lab: ShadowLab, plan: StepPlan, base: BaseState, { interfaces, before, after }: { readonly interfaces: InterfaceDraft; readonly before: Measurement; readonly after: Measurement }): Promise<Measurement> {
  const touched = touchedPaths(plan.files, 'before');
  const differing = interfaces.isProvable ? [] : [...after.keys()].filter((path) => before.has(path) && !touched.includes(path) && !sameDiagnostics(before.get(path), after.get(path)));
  if (differing.length === 0 || plan.budget.isSpent()) return new Map();
  const asked = [...after.keys()].filter((path) => plan.before.get(path) !== undefined);
  const found = await base.inOrder(asked, async (into) => {
    await lab.show(plan.step.before);
    for (const path of asked) await measureInto(lab, plan.specOf, [path], into);
    plan.onPhase('baseInOrder');
  });
  return new Map(differing.flatMap((path) => (found.has(path) ? [[path, found.get(path) as FileMeasurement] as const] : [])));
}

/** True when a library that servers read may have a module of one of these names, which one of the workspace would stand for. */
async function isInLibrary(lab: ShadowLab, { files, specOf }: StepPlan, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false;
  const specs = specsOf(files.flatMap(pathsOf), specOf);
  const found = await Promise.all([...specs].map((spec) => lab.analysis.librariesHave(spec, names)));
  return found.includes(true);
}

/** Sets the two sides of each file of a step side by side. */
export async function measuredStep(plan: StepPlan, draft: StepDraft, sides: SidesOfStep): Promise<MeasuredStep> {
  const { files, before } = plan;
  const { known, head, overBudget } = sides;
  const untouched = [...new Set([...known.asIs.keys(), ...head.asIs.keys()])].filter((path) => !files.some((file) => file.before?.path === path || file.after?.path === path)).sort();
  const pairs: FilePair[] = files.map((file) => ({ before: fileSide(file.before, sides.before), after: fileSide(file.after, sides.after), touched: true }));
  for (const path of untouched) {
    const file = await before.parsed(path, false);
    pairs.push({ before: fileSide(file, sides.before), after: fileSide(file, sides.after), touched: false });
  }
  return {
    pairs,
    dependents: [...new Set([...known.dependents, ...head.dependents])].filter((path) => !overBudget.includes(path)).sort(),
    ...sortedByOutcome([known.asIs, head.asIs]),
    referencedBefore: known.referenced,
    referencedAfter: head.referenced,
    danglingReferences: head.danglingReferences,
    neutralisedSettings: draft.neutral.settings,
    proof: { ...head.proof, complete: head.proof.complete && overBudget.length === 0, overBudget },
  };
}

interface SideFacts {
  readonly asIs: Map<string, FileMeasurement>;
  readonly referenced: readonly ReferencedDeclaration[];
  readonly dependents: readonly string[];
  readonly overBudget: readonly string[];
}

interface HeadFacts extends SideFacts {
  readonly danglingReferences: readonly DanglingReference[];
  readonly proof: Omit<MeasuredStep['proof'], 'overBudget'>;
}

/** What is known of the tree before the step. It is put on disk only when something is not known of it yet. */
async function measureBase(lab: ShadowLab, plan: StepPlan, { questions: { before: questions }, importers, interfaces }: StepDraft, base: BaseState): Promise<SideFacts> {
  const { step, files, before, specOf, everyFile, budget } = plan;
  const touched = touchedPaths(files, 'before');
  const others = everyFile ? before.served(specOf).filter((path) => !touched.includes(path)) : [];
  const wanted = [...touched, ...others.slice(0, budget.maxFiles)];
  const followsNames = mayFollowNames(plan, interfaces);
  const shown = followsNames ? askedPlaces(interfaces) : [];
  const isUnknown = questions.some((question) => !base.references.has(question.key)) || unseen(wanted, base.measured).length > 0 || !knowsShown(base, shown);
  if (isUnknown || unseen(importers, base.measured).length > 0) {
    await lab.show(step.before);
    plan.onPhase('baseWritten');
    await lab.start(specsOf(touched, specOf));
    plan.onPhase('ready');
  }
  const [referenced] = await Promise.all([
    findReferences(lab, before, specOf, questions, base.references),
    measureInto(lab, specOf, touched, base.measured, { underWay: base.underWay }),
    readShown(lab, specOf, base, shown),
  ]);
  await measureInto(lab, specOf, wanted, base.measured, { isSpent: budget.isSpent, underWay: base.underWay });
  const besides = plan.besides.filter((path) => !touched.includes(path) && before.get(path) !== undefined);
  const dependents = [...new Set([...referringFiles(referenced, before, specOf, files), ...importers, ...besides])].sort();
  const chosen = everyFile ? dependents.filter((path) => wanted.includes(path)) : dependents.slice(0, budget.maxFiles);
  const compared = followsNames ? await placesComparedFirst(lab, plan, { base, interfaces }, limitsOf(plan)) : [];
  if (!knowsShown(base, compared)) await lab.show(step.before);
  await Promise.all([measureOnBase(lab, plan, base, chosen, budget), readShown(lab, specOf, base, compared)]);
  lab.analysis.recall(specsOf([...wanted, ...chosen], specOf));
  const asIs = recall(base, [...wanted, ...chosen]);
  const overBudget = [...others, ...dependents].filter((path) => !asIs.has(path));
  return { asIs, referenced, dependents: chosen, overBudget };
}

/** So many files that may see a change although nothing in them refers to it are measured beside the dependents. */
const PASSED_ON_MAX = 8;

/** True where names say which files are asked about, or which need not be. */
function mayFollowNames({ tier, everyFile }: StepPlan, { isProvable }: InterfaceDraft): boolean {
  return tier !== 'touched' && (isProvable || !everyFile);
}

function limitsOf({ everyFile }: StepPlan): ReachLimits {
  return everyFile ? EVERY_FILE : NEAREST;
}

/** The nearest files to which a change is passed on, and that are not known to refer to it, as far as they are not measured yet. Those that turn out to be outside every project do not count. */
function passedOnTo({ everyFile, after, budget }: StepPlan, reached: ReachedFiles | null, known: SideFacts, measured: Measurement): string[] {
  if (reached === null || everyFile) return [];
  const found = [...reached.passedOnTo].filter((path) => !known.asIs.has(path) && after.get(path) !== undefined);
  const count = found.filter((path) => measured.has(path) && measured.get(path) !== 'excluded').length;
  return unseen(found, measured).slice(0, Math.max(0, Math.min(PASSED_ON_MAX, budget.maxFiles - known.dependents.length) - count));
}

async function measureHead(lab: ShadowLab, plan: StepPlan, { questions: { after: questions }, interfaces }: StepDraft, known: SideFacts, base: BaseState): Promise<HeadFacts> {
  const { step, files, after, specOf, everyFile, budget } = plan;
  await lab.show(step.after);
  const touched = touchedPaths(files, 'after');
  const asIs = new Map<string, FileMeasurement>();
  const { isProvable } = interfaces;
  const changed = mayFollowNames(plan, interfaces) ? await changedNames(lab, plan, base, interfaces) : null;
  const focus = StepFocus.of(lab, plan, { known: base.measured, interfaces, changed: isProvable ? changed : null });
  const disproved: string[] = [];
  const measureHere = async (paths: readonly string[]): Promise<void> => {
    const focuses = (await focus?.on(unseen(paths, asIs))) ?? new Map<string, Focus>();
    await measureInto(lab, specOf, paths, asIs, { focuses, isSpent: budget.isSpent, always: touched });
    const whole = new Map<string, FileMeasurement>();
    if (plan.verify) await measureInto(lab, specOf, [...focuses.keys()].filter((path) => asIs.has(path)), whole);
    disproved.push(...[...whole].filter(([path, found]) => !sameDiagnostics(asIs.get(path), found)).map(([path]) => path));
    for (const [path, found] of whole) asIs.set(path, found);
  };
  const reached = changed === null ? null : await filesReached(lab, plan, { base, interfaces, changed }, limitsOf(plan));
  const isThere = (path: string): boolean => after.get(path) !== undefined;
  const isProved = (path: string): boolean => isProvable && reached?.isWhole === true && !reached.files.has(path) && known.asIs.has(path) && !touched.includes(path);
  const passedOn = passedOnTo(plan, reached, known, asIs);
  // Together: what is worked out for one file is used for the next, until another text is shown.
  const [referenced, danglingReferences] = await Promise.all([
    findReferences(lab, after, specOf, questions, new Map()),
    findDanglingReferences(lab, after, specOf, files, known.referenced),
    measureHere([...touched, ...[...known.asIs.keys()].filter((path) => isThere(path) && (plan.verify || !isProved(path))), ...passedOn]),
  ]);
  const dependents = [...new Set([...referringFiles(referenced, after, specOf, files), ...passedOn])].slice(0, budget.maxFiles);
  const others = [...new Set([...known.asIs.keys(), ...dependents, ...(everyFile ? after.served(specOf).slice(0, budget.maxFiles + touched.length) : [])])].filter((path) => isThere(path) && !touched.includes(path));
  const proved = others.filter(isProved).sort();
  for (const [path, found] of plan.verify ? [] : recall(base, proved)) asIs.set(path, found);
  await measureHere(others);
  for (let more = passedOnTo(plan, reached, known, asIs); more.length > 0; more = more.every((path) => asIs.has(path)) ? passedOnTo(plan, reached, known, asIs) : []) {
    await measureHere(more);
    dependents.push(...more.filter((path) => asIs.has(path)));
  }
  const complete = isProvable && reached?.isWhole === true && [...reached.files].every((path) => asIs.has(path));
  disproved.push(...(plan.verify ? proved.filter((path) => !sameDiagnostics(base.measured.get(path), asIs.get(path))) : []));
  return { asIs, referenced, dependents, danglingReferences, overBudget: others.filter((path) => !asIs.has(path)), proof: { proved: proved.filter((path) => asIs.get(path) !== 'excluded'), complete, disproved: plan.verify ? disproved.sort() : null } };
}

function recall(base: BaseState, paths: readonly string[]): Map<string, FileMeasurement> {
  return new Map(paths.flatMap((path) => (base.measured.has(path) ? [[path, base.measured.get(path) as FileMeasurement] as const] : [])));
}

/** Measures those of `paths` that are not known of the tree before the step, showing it for them. */
async function measureOnBase(lab: ShadowLab, { step, specOf }: StepPlan, base: BaseState, paths: readonly string[], limits?: Limits): Promise<void> {
  if (unseen(paths, base.measured).length === 0) return;
  await lab.show(step.before);
  await measureInto(lab, specOf, paths, base.measured, { isSpent: limits?.isSpent, underWay: base.underWay });
}

interface Limits {
  readonly isSpent?: (() => boolean) | undefined;
  /** What others are asking about for the same: that is left until all else is known. */
  readonly underWay?: Set<string>;
  readonly focuses?: ReadonlyMap<string, Focus> | undefined;
  /** Files that are asked about however much is spent. */
  readonly always?: readonly string[];
}

/** Asks about those of `paths` that are not known yet, until the budget is spent, of those with a focus about that. The lab must show their tree. */
async function measureInto(lab: ShadowLab, specOf: SpecOf, paths: readonly string[], into: Map<string, FileMeasurement>, { isSpent = () => false, underWay = new Set(), focuses = new Map(), always = [] }: Limits = {}): Promise<void> {
  const asked = [...new Set(unseen(paths, into))].sort();
  await lab.analysis.pretending(new Map([...focuses].map(([path, { text }]) => [path, text])), specOf, async () => {
    await lab.analysis.readAnew(asked, specOf);
    const ask = async (path: string): Promise<void> => {
      if (into.has(path) || (!always.includes(path) && isSpent())) return;
      underWay.add(path);
      try {
        for (const [measured, found] of await measure(lab, specOf, [path], focuses)) into.set(measured, found);
      } finally {
        underWay.delete(path);
      }
    };
    const left: string[] = [];
    for (const path of asked) {
      if (underWay.has(path)) left.push(path);
      else await ask(path);
    }
    // Whoever asked about these may have failed.
    for (const path of left) await ask(path);
  });
}

function touchedPaths(files: readonly TouchedFile[], side: 'before' | 'after'): string[] {
  return files.flatMap((file) => file[side]?.path ?? []);
}

function unseen(paths: Iterable<string>, measured: Measurement): string[] {
  return [...paths].filter((path) => !measured.has(path));
}

interface NeutralTree {
  readonly tree: FileTree;
  /** The files whose neutral text differs; 'all' when settings differ. */
  readonly remeasured: ReadonlySet<string> | 'all';
}

interface NeutralTrees {
  readonly before: NeutralTree;
  readonly after: NeutralTree;
  readonly settings: readonly Neutralisation[];
}

/** Both trees without the suppressions that the step adds or removes, the one after with the settings of the base. */
function neutralTrees(plan: StepPlan): NeutralTrees {
  const { step, prefix } = plan;
  const pairs = plan.files.map((file): FilePair => ({ before: fileSide(file.before), after: fileSide(file.after), touched: true }));
  const blanked = planNeutralisation(pairs, ({ path, kind }) => plan.specOf(path)?.directives?.includes(kind) !== false);
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

async function measureNeutral(lab: ShadowLab, { specOf }: StepPlan, asIs: Measurement, { from, to }: { readonly from: TreeView; readonly to: NeutralTree }): Promise<Map<string, FileMeasurement>> {
  const paths = to.remeasured === 'all' ? [...asIs.keys()] : [...to.remeasured].filter((path) => asIs.has(path));
  if (paths.length === 0) return new Map(asIs);
  await lab.show(to.tree);
  const found = new Map<string, FileMeasurement>();
  const after = from.of(to.tree);
  const files = await Promise.all(paths.map(async (path) => ({ before: await from.parsed(path, true), after: await after.parsed(path, true) })));
  const neutralised = { files, before: from, after, specOf };
  const focus = to.remeasured === 'all' ? null : StepFocus.of(lab, neutralised, { known: asIs, interfaces: await draftInterfaces(lab.words, neutralised), changed: null });
  await measureInto(lab, specOf, paths, found, { focuses: await focus?.on(paths) });
  return new Map([...asIs, ...found]);
}

/** A file is excluded when every side that was asked about says so. */
function sortedByOutcome(measurements: readonly Measurement[]): { measured: string[]; excluded: string[] } {
  const paths = [...new Set(measurements.flatMap((measurement) => [...measurement.keys()]))].sort();
  const isExcluded = (path: string): boolean => measurements.every((measurement) => (measurement.get(path) ?? 'excluded') === 'excluded');
  return { measured: paths.filter((path) => !isExcluded(path)), excluded: paths.filter(isExcluded) };
}
