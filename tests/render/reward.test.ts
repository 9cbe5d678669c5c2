import { test } from 'vitest';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { processReward, rewardDiagnostic } from '../bundles/sample-draft.js';
import { checkText } from './check-text.js';

const COVERAGE = 'coverage: 1 touched, 1 dependent, 2 measured';
const NOTHING = 'diagnostics: 0 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed';
const PAPER = 'pr-v1: r = +0.4 (D 0 → 0, S 1 binary, conf 1 assumed)';
const BROKEN = rewardDiagnostic('app.py', 4, { range: [4, 11, 4, 18], lineText: 'x = "\u{1F600}" + load(1)', message: 'Argument of type "int"\n  "int" is not "str"' });

function check(changes: Partial<ProcessReward>, expected: readonly string[], introduced: readonly ReturnType<typeof rewardDiagnostic>[] = []): void {
  checkText({ processReward: processReward(introduced, changes) }, expected);
}

test('a step that breaks something: the number, why, the potential, the code', () => {
  check(
    {},
    [
      'r = -0.1  introduces 1 error',
      'Φ 1 → 0.9: diagnostics 1 → 0.8333 ×0.6, safety 1 ×0.2667, confidence 1 ×0.1333',
      'W 0 → 1: introduced 0 → 1',
      'app.py:5:11 error Argument of type "int" [reportArgumentType]',
      '    "int" is not "str"',
      '    5 | x = "😀" + load(1)',
      '      |           ^^^^^^^',
      'diagnostics: 1 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed',
      COVERAGE,
      'pr-v1: r = -0.1 (D 0 → 1, S 1 binary, conf 1 assumed)',
    ],
    [BROKEN],
  );
});

test('a step that changes nothing of this', () => {
  check({}, ['r = 0  no diagnostic changed', 'Φ 1 → 1: diagnostics 1 ×0.6, safety 1 ×0.2667, confidence 1 ×0.1333', NOTHING, COVERAGE, PAPER]);
});

test('a step that fixes something', () => {
  const delta = { introduced: [], fixed: [BROKEN, rewardDiagnostic('app.py', 1, { severity: 'warning' })], persisting: [BROKEN], updated: [], removed: [] };
  check({ r: 0.0938, neutralDiagnostics: delta, phiBefore: null, phiAfter: null }, [
    'r = +0.0938  fixes 1 error, 1 warning',
    'diagnostics: 0 introduced, 2 fixed, 1 persisting, 0 updated, 0 removed',
    COVERAGE,
    PAPER,
  ]);
});

test('an abstention says why and shows no number', () => {
  const none = { phiD: null, phiS: null, conf: null, phiP: null };
  check(
    {
      r: null,
      abstain: true,
      abstainReason: 'app.py could not be measured: pyright crashed',
      phiBefore: null,
      phiAfter: null,
      components: { before: none, after: none },
      diagnostics: null,
      neutralDiagnostics: null,
      coverage: { tier: 'exact', touched: ['app.py'], dependents: [], measured: [], unmeasured: [{ path: 'README.md', reason: 'no server' }], excluded: ['x.py'], failed: [{ path: 'app.py', reason: 'pyright crashed' }], proved: [], complete: false, disproved: null, overBudget: [] },
      paper: { ...processReward([]).paper, r: null },
    },
    [
      'r = none  abstains: app.py could not be measured: pyright crashed',
      'coverage: the whole workspace, 0 measured, 1 excluded by the configuration',
      'not measured: README.md (no server)',
      'failed to measure: app.py (pyright crashed)',
      'pr-v1: none',
    ],
  );
});

test('a no-op is told by its gate', () => {
  check({ phiBefore: null, gates: [{ gate: 'no-op', critical: false, message: 'only comments changed', evidence: [] }] }, ['r = 0  only comments changed', NOTHING, 'gate no-op', COVERAGE, PAPER]);
});

test('a suppressed diagnostic counts, and the suppression is shown', () => {
  const weight = { introduced: 1, preexisting: 0, suppressions: 1.25, escapeHatches: 0, danglingReferences: 0, unparsable: 0, total: 2.25 };
  const delta = processReward([BROKEN]).neutralDiagnostics;
  check(
    {
      r: -0.2,
      phiBefore: null,
      neutralDiagnostics: delta,
      W: { before: processReward([]).W.before, after: weight },
      neutralised: [{ uri: 'app.py', range: [4, 20, 4, 34], kind: 'suppression-added', text: '# type: ignore' }],
      gates: [{ gate: 'suppression-added', critical: true, message: '1 suppression was added', evidence: [{ uri: 'app.py', range: [4, 20, 4, 34] }] }],
    },
    [
      'r = -0.2  introduces 1 error; suppresses diagnostics; gate suppression-added fires',
      'app.py:5:11 error Argument of type "int" [reportArgumentType] (suppressed by the step)',
      '    "int" is not "str"',
      '    5 | x = "😀" + load(1)',
      '      |           ^^^^^^^',
      'diagnostics: 1 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed',
      'gate suppression-added (critical): 1 suppression was added',
      '    app.py:5:20',
      'neutralised: 1 suppression-added (# type: ignore)',
      COVERAGE,
      PAPER,
    ],
  );
});

test('what was neutralised is counted by kind, and listed with --verbose', () => {
  const neutralised = [1, 2, 3].map((line) => ({ uri: 'app.py', range: [line, 0, line, 4] as const, kind: line === 3 ? 'suppression-removed' : 'suppression-added', text: ' # noqa' }));
  const reward = processReward([], { phiBefore: null, neutralised });
  const head = ['r = 0  no diagnostic changed', NOTHING];
  checkText({ processReward: reward }, [...head, 'neutralised: 2 suppression-added (# noqa), 1 suppression-removed (# noqa)', COVERAGE, PAPER]);
  checkText(
    { processReward: reward },
    [
      ...head,
      'app.py:2:1 neutralised suppression-added:  # noqa',
      'app.py:3:1 neutralised suppression-added:  # noqa',
      'app.py:4:1 neutralised suppression-removed:  # noqa',
      COVERAGE,
      PAPER,
    ],
    { verbose: true },
  );
});

test('what only the settings of the step report is shown and does not count', () => {
  check({ phiBefore: null, diagnostics: processReward([BROKEN]).diagnostics }, [
    'r = 0  no diagnostic changed',
    'app.py:5:11 error Argument of type "int" [reportArgumentType] (not counted: only with the settings after the step)',
    '    "int" is not "str"',
    '    5 | x = "😀" + load(1)',
    '      |           ^^^^^^^',
    NOTHING,
    COVERAGE,
    PAPER,
  ]);
});

test('when the text at hand is another one, the line is shown without carets', () => {
  check(
    { phiBefore: null },
    [
      'r = -0.1  introduces 1 error',
      'app.py:2:5 error no such thing [reportArgumentType]',
      '    2 | return other',
      'diagnostics: 1 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed',
      COVERAGE,
      'pr-v1: r = -0.1 (D 0 → 1, S 1 binary, conf 1 assumed)',
    ],
    [rewardDiagnostic('app.py', 1, { lineText: 'return other' })],
  );
});

test('carets follow tabs and stay on a long line', () => {
  const long = `${' '.repeat(200)}load(1)`;
  const introduced = [rewardDiagnostic('app.py', 1, { range: [1, 8, 1, 12], lineText: 'return path' }), rewardDiagnostic('long.py', 0, { range: [0, 205, 0, 206], lineText: 'load(1)' })];
  checkText(
    { processReward: processReward(introduced, { phiBefore: null }) },
    [
      'r = -0.1  introduces 2 errors',
      'app.py:2:9 error no such thing [reportArgumentType]',
      '    2 | \treturn path',
      '      | \t       ^^^^',
      'long.py:1:206 error no such thing [reportArgumentType]',
      `    1 | ${' '.repeat(35)}load(1)`,
      `      | ${' '.repeat(40)}^`,
      'diagnostics: 2 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed',
      COVERAGE,
      'pr-v1: r = -0.6 (D 0 → 2, S 1 binary, conf 1 assumed)',
    ],
    { readText: (uri) => (uri === 'long.py' ? long : 'def load(path: str) -> int:\n\treturn path\n') },
  );
});

test('ten introduced diagnostics are shown, all of them with --verbose', () => {
  const introduced = Array.from({ length: 12 }, (_, line) => rewardDiagnostic('gone.py', line, { lineText: '' }));
  const lines = introduced.map((_, line) => `gone.py:${String(line + 1)}:5 error no such thing [reportArgumentType]`);
  const tail = ['diagnostics: 12 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed', COVERAGE, 'pr-v1: r = -5.6 (D 0 → 12, S 1 binary, conf 1 assumed)'];
  const head = 'r = -0.1  introduces 12 errors';
  checkText({ processReward: processReward(introduced, { phiBefore: null }) }, [head, ...lines.slice(0, 10), '… and 2 more introduced (--verbose shows all)', ...tail]);
  checkText({ processReward: processReward(introduced, { phiBefore: null }) }, [head, ...lines, ...tail], { verbose: true });
});

test('pr-v1 on top says so', () => {
  check({ version: 'pr-v1', r: 0.4, phiBefore: null }, ['r (pr-v1) = +0.4  no diagnostic changed', NOTHING, COVERAGE, PAPER]);
});

test('--explain shows the arithmetic of both rewards', () => {
  checkText(
    { processReward: processReward([BROKEN], {}) },
    [
      'r = -0.1  introduces 1 error',
      'Φ 1 → 0.9: diagnostics 1 → 0.8333 ×0.6, safety 1 ×0.2667, confidence 1 ×0.1333',
      'W 0 → 1: introduced 0 → 1',
      'W before = 0',
      'W after = introduced 1 = 1',
      'Φ before = 0.6 × phiD 1 + 0.2667 × phiS 1 + 0.1333 × conf 1 = 1',
      'Φ after = 0.6 × phiD 0.8333 + 0.2667 × phiS 1 + 0.1333 × conf 1 = 0.9',
      'pr-v2 = 1 × 0.9 − 1 = -0.1',
      'pr-v1 = 0.5 × (0 − 1) + 0.4 × 1 − 0.1 × (1 − 1) = -0.1',
      'app.py:5:11 error Argument of type "int" [reportArgumentType]',
      '    "int" is not "str"',
      '    5 | x = "😀" + load(1)',
      '      |           ^^^^^^^',
      'diagnostics: 1 introduced, 0 fixed, 0 persisting, 0 updated, 0 removed',
      COVERAGE,
      'pr-v1: r = -0.1 (D 0 → 1, S 1 binary, conf 1 assumed)',
    ],
    { explain: true },
  );
});

test('--explain shows the hunks of a patch, those that the model doubts most first', () => {
  const model = { p: 0.4, abstain: false, abstainReason: null, digest: 'sha256:a', card: 'sha256:b', runtime: 'onnxruntime-node@1.30.0', provider: 'cpu', tokenizer: null, hunks: [{ path: 'a.py', range: [2, 0, 5, 0], p: 0.7 }, { path: 'b.py', range: [8, 0, 9, 0], p: 0.21 }] } as const;
  checkText(
    { processReward: processReward([], { model }) },
    [
      'r = 0  no diagnostic changed',
      'Φ 1 → 1: diagnostics 1 ×0.6, safety 1 ×0.2667, confidence 1 ×0.1333',
      'W before = 0',
      'W after = 0',
      'Φ before = 0.6 × phiD 1 + 0.2667 × phiS 1 + 0.1333 × conf 1 = 1',
      'Φ after = 0.6 × phiD 1 + 0.2667 × phiS 1 + 0.1333 × conf 1 = 1',
      'pr-v2 = 1 × 1 − 1 = 0',
      'pr-v1 = 0.5 × (0 − 0) + 0.4 × 1 − 0.1 × (1 − 1) = 0.4',
      'p of each hunk, that a right patch changes this place too (part of no reward):',
      '  0.21  b.py:9',
      '  0.70  a.py:3',
      NOTHING,
      COVERAGE,
      PAPER,
    ],
    { explain: true },
  );
});
