import type { BundleFacts } from '../bundles/schema/facts.js';
import type { RenderContext } from './render-context.js';
import { table } from './table.js';
import { decimal, signed } from './wording.js';

type Trajectory = NonNullable<BundleFacts['trajectory']>;

const BARS = '▁▂▃▄▅▆▇█';
const FILES_SHOWN = 3;

/** Returns a run as a table with a line per step that edits or cannot be known, and what follows from it. */
export function renderTrajectory({ colors }: RenderContext, run: Trajectory): string[] {
  const shown = run.steps.map((step, index) => ({ step, index })).filter(({ step }) => step.kind !== 'read' || (step.r ?? 0) !== 0);
  const isScored = run.steps.some(({ p }) => p !== null);
  const rows = shown.map(({ step, index }) => [
    String(index),
    step.kind,
    step.r === null ? '?' : signed(step.r),
    step.phi === null ? '?' : decimal(step.phi),
    step.introduced === null ? '' : `+${String(step.introduced)} −${String(step.fixed ?? 0)}`,
    ...(isScored ? [step.p === null ? '?' : step.p.toFixed(2)] : []),
    [...namesOf(step.files), ...step.gates.map((gate) => `[${gate}]`), ...(step.reason === undefined ? [] : [step.reason])].join(' '),
  ]);
  const { min, lse, last, mean } = run.aggregates;
  const numbers = Object.entries({ min, lse, last, mean }).flatMap(([name, value]) => (value === null ? [] : [`${name} ${decimal(value)}`]));
  const reads = run.steps.length - shown.length;
  return [
    ...(colors.isColorSupported && run.steps.length > 0 ? [colors.cyan(sparkline([run.phiStart, ...run.steps.map((step) => step.phi)]))] : []),
    ...table([['step', 'kind', 'r', 'Φ', 'errors', ...(isScored ? ['p'] : []), 'files'], ...rows]),
    ...(isScored ? ['p: that the run will end in a right patch, by the patch so far and what was done; it is part of no reward'] : []),
    ...(reads > 0 ? [`${String(reads)} more step${reads === 1 ? '' : 's'} changed nothing`] : []),
    `progress ${signed(run.progress)} (Φ ${decimal(run.phiStart)} → ${decimal(run.phiStart + run.progress)})${numbers.length === 0 ? '' : `; ${numbers.join(', ')}`}`,
    run.firstBadStep === null ? 'no step made things worse' : `first bad step: ${String(run.firstBadStep)}`,
    ...(run.backtrackTo === null ? [] : [run.backtrackTo === 0 ? 'backtrack to the start' : `backtrack to the state after step ${String(run.backtrackTo - 1)}`]),
    ...run.taints.map(({ step, rule }) => `step ${String(step)} is tainted: ${rule}`),
  ];
}

/** Φ from 0 to 1 as one character per state; a state that is not known is a blank. */
function sparkline(phis: readonly (number | null)[]): string {
  return phis.map((phi) => (phi === null ? ' ' : (BARS[Math.min(BARS.length - 1, Math.floor(phi * BARS.length))] ?? ''))).join('');
}

function namesOf(files: readonly string[]): string[] {
  return files.length <= FILES_SHOWN ? [...files] : [...files.slice(0, FILES_SHOWN), `and ${String(files.length - FILES_SHOWN)} more`];
}
