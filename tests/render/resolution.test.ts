import { test } from 'vitest';
import type { BundleCandidate, BundleResolution } from '../../src/bundles/schema/resolution.js';
import { checkText } from './check-text.js';

const candidate = (line: number, score: number): BundleCandidate => ({
  uri: 'app.py',
  range: [line, 0, line, 4],
  selector: `py://app#load?overload=${String(line)}`,
  score,
  features: { ast: score },
  how: 'structural',
  evidence: ['The declaration has this name.'],
});

const FOUND: BundleResolution = {
  original: 'py://app#load:body',
  resolved: { uri: 'app.py', range: [0, 0, 1, 12] },
  alphaConf: 0.98,
  candidates: [candidate(0, 0.95)],
  weights: { ast: 0.5 },
};

test('a resolved selector is one line', () => {
  checkText({ resolution: FOUND }, ['app.py:1:1-2:13 (structural, confidence 0.98)']);
});

test('a preview shows the code', () => {
  checkText({ resolution: FOUND }, ['app.py:1:1-2:13 (structural, confidence 0.98)', '    1 | def load(path: str) -> int:', '    2 | \treturn path'], { preview: true });
});

test('a preview of a range that ends at the start of a line leaves that line out', () => {
  const resolution: BundleResolution = { ...FOUND, resolved: { uri: 'app.py', range: [0, 0, 1, 0] } };
  checkText({ resolution }, ['app.py:1:1-2:1 (structural, confidence 0.98)', '    1 | def load(path: str) -> int:'], { preview: true });
});

test('a long preview is cut and says so', () => {
  const resolution: BundleResolution = { ...FOUND, resolved: { uri: 'long.py', range: [0, 0, 99, 1] } };
  const lines = Array.from({ length: 40 }, (_, index) => `${String(index + 1).padStart(6)} | x`);
  checkText({ resolution }, ['long.py:1:1-100:2 (structural, confidence 0.98)', ...lines, '    … 60 more lines'], { preview: true, readText: () => 'x\n'.repeat(100) });
});

test('with --verbose the candidates and their evidence are shown', () => {
  checkText(
    { resolution: FOUND },
    ['app.py:1:1-2:13 (structural, confidence 0.98)', 'app.py:1:1 0.95 structural py://app#load?overload=0', '    The declaration has this name.'],
    { verbose: true },
  );
});

test('without an answer the candidates are ranked', () => {
  checkText({ resolution: { ...FOUND, resolved: null, candidates: [candidate(1, 0.9), candidate(0, 0.89)] } }, [
    'app.py:2:1 0.9 structural py://app#load?overload=1',
    '    The declaration has this name.',
    'app.py:1:1 0.89 structural py://app#load?overload=0',
    '    The declaration has this name.',
  ]);
  checkText({ resolution: { ...FOUND, resolved: null, candidates: [] } }, ['no candidates']);
});

test('an ambiguous selector: what happened, the candidates, what was left untouched, what to do next', () => {
  checkText(
    {
      resolution: { ...FOUND, resolved: null, candidates: [candidate(1, 0.9), candidate(0, 0.89)] },
      error: { code: 'E/AMBIGUOUS', message: '2 declarations fit py://app#load', hint: 'Add overload=0 or overload=1.', retryable: false },
    },
    [
      'error E/AMBIGUOUS: 2 declarations fit py://app#load',
      'app.py:2:1 0.9 structural py://app#load?overload=1',
      '    The declaration has this name.',
      'app.py:1:1 0.89 structural py://app#load?overload=0',
      '    The declaration has this name.',
      'No file was changed.',
      'Add overload=0 or overload=1.',
    ],
  );
});

test('a retryable error says so, and no error shows more than its bundle holds', () => {
  checkText({ error: { code: 'E/LS_TIMEOUT', message: 'pyright did not answer\nin 60 s', hint: '', retryable: true } }, [
    'error E/LS_TIMEOUT: pyright did not answer',
    '  in 60 s',
    'No file was changed.',
    'The same request may succeed when it is sent again.',
  ]);
});
