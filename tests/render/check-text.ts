import { expect } from 'vitest';
import { buildBundle, type BundleDraft } from '../../src/bundles/build-bundle.js';
import { renderBundle } from '../../src/render/render-bundle.js';
import type { RenderOptions } from '../../src/render/render-options.js';
import { draft, META } from '../bundles/sample-draft.js';

const FILES: Readonly<Record<string, string>> = {
  'app.py': 'def load(path: str) -> int:\n\treturn path\n\n# \u{1F600}é\nx = "\u{1F600}" + load(1)\n',
  'b%20c.py': 'import app\r\n  app.load("a")  \r\n',
  'esc.py': 'print("\u001b[31m")\n',
};

/** The only code of these tests that renders: the text of a bundle made of `changes` is `expected`, line by line. */
export function checkText(changes: Partial<BundleDraft>, expected: readonly string[], options: Partial<RenderOptions> = {}): void {
  const bundle = buildBundle({ ...draft(), facts: {}, ...changes }, META);
  const text = renderBundle(bundle, { color: false, unit: 'codepoint', readText: (uri) => FILES[uri], ...options });
  expect(text.split('\n')).toEqual(expected);
}
