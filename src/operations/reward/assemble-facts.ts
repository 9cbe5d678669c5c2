import type { Failure } from '../../base/failure.js';
import type { Coverage } from '../../base/process-reward.js';
import { pathFromUri } from '../../base/relative-uri.js';
import { editedSymbols } from '../../reward/changed-declarations.js';
import type { FilePair, FileSide, ScopeSymbol, StepFacts } from '../../reward/step-facts.js';
import { symbolFinder } from '../../reward/symbol-at.js';
import { fileSide } from './file-sides.js';
import type { MeasuredStep, StepPlan } from './measure-step.js';
import { nameOf, pathsOf, type TouchedFile } from './step-files.js';

const NO_PROOF = { proved: [], complete: false, disproved: null, overBudget: [] } as const;

/** The facts of a step that was measured. */
export function knownFacts(plan: StepPlan, measured: MeasuredStep): StepFacts {
  return {
    pairs: measured.pairs,
    coverage: { ...coverageOf(plan), dependents: measured.dependents, measured: measured.measured, excluded: measured.excluded, ...measured.proof },
    safety: { applies: true, jailed: true },
    scope: scopeOf(measured),
    danglingReferences: measured.danglingReferences,
    scopeEscapes: [],
    neutralisedSettings: measured.neutralisedSettings,
    conf: null,
    learned: null,
  };
}

/** The facts of a step whose measuring a server's failure cut short: every file that was to be measured is unknown. */
export function unknownFacts(plan: StepPlan, failure: Failure): StepFacts {
  const wanted = plan.tier === 'exact' ? plan.after.paths() : plan.files.map(nameOf);
  const failed = wanted.filter((path) => plan.specOf(path) !== null).map((path) => ({ path, reason: failure.message }));
  return { ...knownFacts(plan, nothingMeasured(plan.files)), coverage: { ...coverageOf(plan), failed } };
}

/** What is known of a step before any server is asked. */
export function nothingMeasured(files: readonly TouchedFile[]): MeasuredStep {
  const pairs = files.map((file): FilePair => ({ before: fileSide(file.before), after: fileSide(file.after), touched: true }));
  return { pairs, dependents: [], measured: [], excluded: [], referencedBefore: [], referencedAfter: [], danglingReferences: [], neutralisedSettings: [], proof: NO_PROOF };
}

function coverageOf(plan: StepPlan): Coverage {
  return { tier: plan.tier, touched: plan.files.map(nameOf), dependents: [], measured: [], unmeasured: unmeasuredFiles(plan), excluded: [], failed: [], ...NO_PROOF };
}

/** Every path of a touched file that no server knows, before the step or after it. */
function unmeasuredFiles({ files, outside, specOf }: StepPlan): Coverage['unmeasured'] {
  const paths = new Set(files.flatMap(pathsOf));
  return [
    ...[...paths].filter((path) => specOf(path) === null).map((path) => ({ path, reason: 'no language server knows this kind of file' })),
    ...outside.map((path) => ({ path, reason: 'outside the workspace' })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The symbols that the step edits and those that refer to them, by the paths of both sides. */
function scopeOf(measured: MeasuredStep): ScopeSymbol[] {
  const scope = new Map<string, ScopeSymbol>();
  const add = (symbol: ScopeSymbol): void => void scope.set(`${symbol.path}\0${symbol.symbol}`, symbol);
  editedSymbols(measured.pairs).forEach(add);
  const addReferring = (references: MeasuredStep['referencedBefore'], sides: readonly (FileSide | null)[]): void => {
    const finders = new Map(sides.flatMap((side) => (side === null ? [] : [[side.path, symbolFinder(side.structure)] as const])));
    for (const { uri, range } of references.flatMap((item) => item.references)) {
      const path = pathFromUri(uri);
      const symbol = finders.get(path)?.(range);
      if (symbol !== undefined) add({ path, symbol });
    }
  };
  addReferring(measured.referencedBefore, measured.pairs.map((pair) => pair.before));
  addReferring(measured.referencedAfter, measured.pairs.map((pair) => pair.after));
  return [...scope.values()].sort((a, b) => (a.path < b.path || (a.path === b.path && a.symbol < b.symbol) ? -1 : 1));
}
