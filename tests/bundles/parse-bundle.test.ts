import { expect, test } from 'vitest';
import { buildBundle } from '../../src/bundles/build-bundle.js';
import { bundleToLine } from '../../src/bundles/bundle-line.js';
import { parseBundle } from '../../src/bundles/parse-bundle.js';
import { draft, META, processReward, rewardDiagnostic } from './sample-draft.js';

const LINE = bundleToLine(buildBundle(draft({ processReward: processReward([rewardDiagnostic('a.py', 2)]) }), META));

test('a printed line reads back as the same bundle', () => {
  expect(bundleToLine(parseBundle(LINE))).toBe(LINE);
});

test.each([
  ['no JSON', '{', /not JSON/],
  ['another document', '{}', /not a bundle: [\s\S]*version/],
  ['another version', LINE.replace('assay/1', 'assay/2'), /not a bundle/],
  ['an unknown key in the hash domain', LINE.replace('"cmd":"refs"', '"cmd":"refs","why":1'), /Unrecognized key/],
  ['an absolute path', LINE.replaceAll('"uri":"a.py"', '"uri":"/home/me/a.py"'), /not a bundle/],
  ['a drive', LINE.replaceAll('"uri":"a.py"', '"uri":"C:/a.py"'), /not a bundle/],
  ['a file URI', LINE.replaceAll('"uri":"a.py"', '"uri":"file:///a.py"'), /not a bundle/],
  ['a range of three numbers', LINE.replace('"range":[2,0,2,3]', '"range":[2,0,2]'), /not a bundle/],
  ['a negative line', LINE.replace('"range":[2,0,2,3]', '"range":[-2,0,2,3]'), /not a bundle/],
  ['content that was changed afterwards', LINE.replace('"severity":"error"', '"severity":"warning"'), /hashes to sha256:/],
])('refuses %s', (_name, text, expected) => {
  expect(() => parseBundle(text)).toThrow(expect.objectContaining({ code: 'E/BAD_ARGUMENT', message: expect.stringMatching(expected) as unknown }));
});

test('the wording of a message and the meta may differ: they are outside the hash', () => {
  expect(parseBundle(LINE.replaceAll('no such thing', 'nothing of the kind').replace('"durationMs":12', '"durationMs":99'))).toBeDefined();
});
