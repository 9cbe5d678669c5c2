import type { ProcessReward, RewardDiagnostic } from '../../src/base/process-reward.js';
import type { BundleDraft, MetaDraft } from '../../src/bundles/build-bundle.js';
import type { BundleDiagnostic } from '../../src/bundles/schema/diagnostic.js';
import type { BundleEnvironment } from '../../src/bundles/schema/environment.js';
import type { BundleLocation } from '../../src/bundles/schema/location.js';

export const DIGEST = `sha256:${'0'.repeat(64)}`;

export const ENVIRONMENT: BundleEnvironment = {
  tool: { name: 'assay', version: '0.1.0' },
  servers: [{ name: 'pyright', version: '1.1.414', integrity: 'sha512-x', positionEncoding: 'utf-16' }],
  configDigest: DIGEST,
  interpreter: { implementation: 'cpython', version: '3.11.2' },
  dependencies: null,
  platform: 'linux-x64',
  snapshot: DIGEST,
};

export const META: MetaDraft = { exitCode: 0, durationMs: 12, cache: 'cold', node: '20.20.2' };

export function location(uri: string, line: number, column = 0, width = 3): BundleLocation {
  return { uri, range: [line, column, line, column + width], selector: `${uri}@L${String(line + 1)}:C${String(column + 1)}` };
}

export function diagnostic(uri: string, line: number, changes: Partial<BundleDiagnostic> = {}): BundleDiagnostic {
  return { ...location(uri, line), severity: 'error', code: 'reportArgumentType', message: 'no such thing', source: 'Pyright', ...changes };
}

export function rewardDiagnostic(uri: string, line: number, changes: Partial<RewardDiagnostic> = {}): RewardDiagnostic {
  return {
    uri,
    range: [line, 4, line, 7],
    severity: 'error',
    code: 'reportArgumentType',
    message: 'no such thing',
    source: 'Pyright',
    symbol: '<module>',
    lineText: 'add(1)',
    ...changes,
  };
}

export function draft(changes: Partial<BundleDraft> = {}): BundleDraft {
  return {
    request: { cmd: 'refs', args: { declaration: true }, selector: 'py://app#load' },
    facts: { references: [location('b.py', 3), location('a.py', 9), location('a.py', 2)] },
    environment: ENVIRONMENT,
    capabilities: { pyright: { references: true } },
    ...changes,
  };
}

const TERMS = { phiD: 1, phiS: 1, conf: 1, phiP: null };
const NO_WEIGHT = { introduced: 0, preexisting: 0, suppressions: 0, escapeHatches: 0, danglingReferences: 0, unparsable: 0, total: 0 };

/** A reward whose step introduced `introduced` and nothing else. */
export function processReward(introduced: readonly RewardDiagnostic[], changes: Partial<ProcessReward> = {}): ProcessReward {
  const total = introduced.length;
  const delta = { introduced, fixed: [], persisting: [], updated: [], removed: [] };
  return {
    version: 'pr-v2',
    mode: 'progress',
    r: total === 0 ? 0 : -0.1,
    phiBefore: 1,
    phiAfter: total === 0 ? 1 : 0.9,
    gammaD: 1,
    components: { before: TERMS, after: { ...TERMS, phiD: 5 / (5 + total) } },
    weights: { phiD: 0.6, phiS: 0.2667, conf: 0.1333, phiP: 0 },
    W: { before: NO_WEIGHT, after: { ...NO_WEIGHT, introduced: total, total } },
    diagnostics: delta,
    neutralDiagnostics: delta,
    coverage: { tier: 'dependents', touched: ['a.py'], dependents: ['b.py'], measured: ['a.py', 'b.py'], unmeasured: [], excluded: [], failed: [], proved: [], complete: false, disproved: null, overBudget: [] },
    neutralised: [],
    gates: [],
    model: null,
    abstain: false,
    abstainReason: null,
    paper: {
      version: 'pr-v1',
      r: 0.4 - 0.5 * total,
      safety: 'binary',
      diagnosticsBefore: 0,
      diagnosticsAfter: total,
      S: 1,
      conf: 1,
      confAssumed: true,
      weights: { alpha: 0.5, beta: 0.4, gamma: 0.1 },
    },
    ...changes,
  };
}
