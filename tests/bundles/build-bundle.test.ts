import { expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { EXIT_CODE, Failure, type FailureCode } from '../../src/base/failure.js';
import { buildBundle } from '../../src/bundles/build-bundle.js';
import { bundleToLine } from '../../src/bundles/bundle-line.js';
import { errorBundle } from '../../src/bundles/error-bundle.js';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { draft, ENVIRONMENT, location, META } from './sample-draft.js';

test('a bundle is complete, ordered and valid', () => {
  const bundle = buildBundle(draft(), META);
  expect(bundleSchema.parse(bundle)).toEqual(bundle);
  expect(bundle).toMatchObject({ version: 'assay/1', status: 'ok', resolution: null, edits: null, processReward: null });
  expect(bundle).not.toHaveProperty('error');
  expect(bundle.facts.references?.map(({ uri, range }) => `${uri}:${String(range[0])}`)).toEqual(['a.py:2', 'a.py:9', 'b.py:3']);
  expect(bundle.meta).toEqual({ ...META, hashing: 'sha256-jcs-v1', sortingKeys: ['uri', 'startLine', 'startColumn', 'endLine', 'endColumn', 'canonicalJson'] });
});

test('the id is the digest of a canonical text that can be written by hand', () => {
  const environment = { tool: { name: 'assay', version: '0' }, servers: [], configDigest: null, dependencies: null, platform: 'linux-x64', snapshot: null };
  const bundle = buildBundle({ request: { cmd: 'locate', args: {} }, environment, capabilities: {} }, META);
  const text =
    '{"capabilities":{},"edits":null,"environment":{"configDigest":null,"dependencies":null,"platform":"linux-x64","servers":[],"snapshot":null,' +
    '"tool":{"name":"assay","version":"0"}},"facts":{},"processReward":null,"request":{"args":{},"cmd":"locate"},"resolution":null}';
  expect(bundle.bundleId).toBe(sha256(text));
});

test('a line holds one canonical document', () => {
  const line = bundleToLine(buildBundle(draft(), META));
  expect(line).not.toContain('\n');
  expect(line.startsWith('{"bundleId":"sha256:')).toBe(true);
});

test('numbers are rounded in the bundle itself', () => {
  const bundle = buildBundle(draft({ capabilities: { share: 1 / 3, none: -0.00001 } }), { ...META, durationMs: 1 / 3 });
  expect(bundle.capabilities).toEqual({ share: 0.3333, none: 0 });
  expect(bundle.meta.durationMs).toBe(0.3333);
});

test('half a character, which a request or a server may name, is U+FFFD in a bundle', () => {
  const { request, bundleId } = buildBundle(draft({ request: { cmd: 'refs', args: { '\uD800': '\uD800x' } } }), META);
  expect(request.args).toEqual({ '\uFFFD': '\uFFFDx' });
  expect(buildBundle(draft({ request: { cmd: 'refs', args: { '\uFFFD': '\uFFFDx' } } }), META).bundleId).toBe(bundleId);
});

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
])('a draft that holds %s is refused', (_name, value) => {
  expect(() => buildBundle(draft({ request: { cmd: 'refs', args: { bad: value as string } } }), META)).toThrow(/BUG: \$\.request\.args\.bad/);
  expect(() => buildBundle(draft({ facts: { references: [{ ...location('a.py', 0), selector: value as string }] } }), META)).toThrow(/BUG: .*selector/);
});

test.each(Object.keys(EXIT_CODE) as FailureCode[])('an error bundle carries %s and its exit code', (code) => {
  const failure = new Failure(code, 'it went wrong', { hint: 'Try again.', details: { tried: 2 } });
  const bundle = errorBundle({ cmd: 'def', args: {} }, failure, { environment: ENVIRONMENT, capabilities: {} }, { durationMs: 1, cache: 'none', node: '20' });
  expect(bundleSchema.parse(bundle)).toEqual(bundle);
  expect(bundle).toMatchObject({
    status: 'error',
    facts: {},
    error: { code, message: 'it went wrong', hint: 'Try again.', retryable: failure.retryable, details: { tried: 2 } },
    meta: { exitCode: EXIT_CODE[code] },
  });
});

test('an error without details has no such key', () => {
  const bundle = errorBundle({ cmd: 'def', args: {} }, new Failure('E/NOT_FOUND', 'gone'), { environment: ENVIRONMENT, capabilities: {} }, { durationMs: 1, cache: 'none', node: '20' });
  expect(bundle.error).toEqual({ code: 'E/NOT_FOUND', message: 'gone', hint: '', retryable: false });
});
