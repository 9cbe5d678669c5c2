import type { Bundle } from '../bundles/schema/bundle.js';

interface Report {
  readonly operation: { readonly number: number; readonly request: { readonly cmd: string }; readonly bundle: { readonly kind: string; readonly bundle?: unknown } | null };
  readonly bundle: Bundle;
}

/** Returns one line: which operation was answered again, and whether its bundle has the recorded id. */
export function renderReplay({ operation, bundle }: Report): string {
  const same = recordedBundle(operation)?.bundleId === bundle.bundleId;
  return `#${String(operation.number)} ${operation.request.cmd} ${same ? 'same' : 'DIFFERENT'} ${bundle.bundleId}`;
}

/** Returns what a reward was and what it would have been. */
export function renderCounterfactual(report: Report): string {
  const { processReward: now } = report.bundle;
  if (now === null) return `#${String(report.operation.number)} ${report.operation.request.cmd} has no reward`;
  const before = recordedBundle(report.operation);
  const was = before?.processReward;
  const run = report.bundle.facts.trajectory;
  if (run !== undefined) return `#${String(report.operation.number)} progress ${shown(before?.facts.trajectory?.progress)} → ${shown(run.progress)}`;
  return `#${String(report.operation.number)} r ${shown(was?.r)} → ${shown(now.r)}  Φ ${shown(was?.phiBefore)} → ${shown(was?.phiAfter)} would be ${shown(now.phiBefore)} → ${shown(now.phiAfter)}`;
}

function recordedBundle({ bundle }: Report['operation']): Bundle | undefined {
  return bundle?.kind === 'bundle' ? (bundle.bundle as Bundle) : undefined;
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? 'unknown' : String(value);
}
