import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/base/canonical-json.js';
import type { RewardDiagnostic } from '../../src/base/process-reward.js';
import { buildBundle, type BundleDraft } from '../../src/bundles/build-bundle.js';
import { bundleIdOf } from '../../src/bundles/bundle-id.js';
import { bundleToLine } from '../../src/bundles/bundle-line.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { DIGEST, draft, META, processReward } from './sample-draft.js';

const place = fc.record({
  uri: fc.constantFrom('a.py', 'b.py', 'src/c.ts'),
  range: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
});
const related = fc.array(fc.record({ uri: fc.constantFrom('a.py', 'b.py'), range: fc.constant([0, 0, 0, 1] as const), message: fc.string() }), { maxLength: 3 });
const rewardDiagnostic: fc.Arbitrary<RewardDiagnostic> = fc
  .record({
    place,
    severity: fc.constantFrom('error', 'warning'),
    code: fc.constantFrom('x', 7, null),
    source: fc.constantFrom('Pyright', 'ts'),
    message: fc.string(),
    relatedInformation: related,
  })
  .map(({ place: at, ...rest }) => ({ ...at, ...rest, symbol: 'f', lineText: 'f()' }));
const listed = fc.array(rewardDiagnostic, { maxLength: 5 });
const delta = fc.record({
  introduced: listed,
  fixed: listed,
  persisting: listed,
  updated: fc.array(fc.record({ before: rewardDiagnostic, after: rewardDiagnostic }), { maxLength: 2 }),
  removed: listed,
});

const anyDraft: fc.Arbitrary<BundleDraft> = fc
  .record({ shown: delta, neutral: delta, facts: listed, edit: delta, share: fc.double({ noNaN: true, noDefaultInfinity: true }), args: fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string())) })
  .map(({ shown, neutral, facts, edit, share, args }) =>
    draft({
      request: { cmd: 'reward', args },
      facts: { diagnostics: facts.map(({ symbol: _symbol, lineText: _lineText, ...rest }) => ({ ...rest, selector: 's' })) },
      edits: { workspaceEdit: null, diff: '', files: [{ path: 'a.py', before: DIGEST, after: null }], safety: { verdict: 'safe', why: '', checks: [] }, delta: edit },
      processReward: { ...processReward([]), diagnostics: shown, neutralDiagnostics: neutral },
      capabilities: { share },
    }),
  );

/** Rebuilds `value` with `change` applied to every object and list, innermost first. */
function rebuild(value: Json, change: (value: Json) => Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return change(value.map((item: Json) => rebuild(item, change)));
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rebuild(item, change)])));
}

function changed(bundleDraft: BundleDraft, change: (value: Json) => Json): BundleDraft {
  return rebuild(bundleDraft as unknown as Json, change) as unknown as BundleDraft;
}

const idOf = (bundleDraft: BundleDraft) => buildBundle(bundleDraft, META).bundleId;

test('the order of keys never changes the bytes of a bundle', () => {
  const reverseKeys = (value: Json) => (value === null || typeof value !== 'object' || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).reverse()));
  fc.assert(
    fc.property(anyDraft, (one) => {
      expect(bundleToLine(buildBundle(changed(one, reverseKeys), META))).toBe(bundleToLine(buildBundle(one, META)));
    }),
  );
});

test('the order of location lists never changes the bytes of a bundle', () => {
  const isPlaced = (item: Json) => item !== null && typeof item === 'object' && ('uri' in item || 'after' in item);
  const reverseLists = (value: Json) => (Array.isArray(value) && value.every(isPlaced) ? [...(value as readonly Json[])].reverse() : value);
  fc.assert(
    fc.property(anyDraft, (one) => {
      expect(bundleToLine(buildBundle(changed(one, reverseLists), META))).toBe(bundleToLine(buildBundle(one, META)));
    }),
  );
});

test('the text of messages never changes the id, wherever the diagnostic stands', () => {
  fc.assert(
    fc.property(anyDraft, fc.infiniteStream(fc.string()), (one, texts) => {
      const reword = (value: Json) =>
        value !== null && typeof value === 'object' && 'message' in value ? { ...value, message: texts.next().value as string } : value;
      expect(idOf(changed(one, reword))).toBe(idOf(one));
    }),
  );
});

test('what stands in meta never changes the id', () => {
  fc.assert(
    fc.property(anyDraft, fc.nat(), fc.string(), fc.jsonValue(), (one, durationMs, node, extra) => {
      expect(buildBundle(one, { ...META, durationMs, node, cache: 'memo', exitCode: 1, extra }).bundleId).toBe(idOf(one));
    }),
  );
});

/** Every path to a scalar in the hash domain, except through a diagnostic's message. */
function leafPaths(value: Json, path: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return path.at(-1) === 'message' ? [] : [[...path]];
  return Object.entries(value).flatMap(([key, item]) => leafPaths(item, [...path, key]));
}

function replaceAt(value: Json, path: readonly string[], leaf: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  if (Array.isArray(value)) return value.map((item: Json, index) => (String(index) === key ? replaceAt(item, rest, leaf) : item));
  return { ...(value as Record<string, Json>), [key]: replaceAt((value as Record<string, Json>)[key] ?? null, rest, leaf) };
}

test('anything else does change the id', () => {
  fc.assert(
    fc.property(anyDraft, fc.nat(), (one, pick) => {
      const value = one as unknown as Json;
      const paths = leafPaths(value);
      const path = paths[pick % paths.length] ?? [];
      expect(idOf(replaceAt(value, path, 'another leaf') as unknown as BundleDraft), path.join('.')).not.toBe(idOf(one));
    }),
    { numRuns: 300 },
  );
});

test('a gate keeps its message in the id: it is ours, not a server’s', () => {
  const gated = (message: string) => draft({ processReward: processReward([], { gates: [{ gate: 'no-op', critical: false, message, evidence: [] }] }) });
  expect(idOf(gated('a'))).not.toBe(idOf(gated('b')));
});

test('the id recomputed from the printed line is the same, and building twice changes nothing', () => {
  fc.assert(
    fc.property(anyDraft, (one) => {
      const bundle = buildBundle(one, META);
      const printed = JSON.parse(bundleToLine(bundle)) as Bundle;
      expect(bundleIdOf(printed)).toBe(bundle.bundleId);
      const { version: _version, bundleId: _bundleId, status: _status, meta: _meta, ...again } = printed;
      expect(canonicalJson(buildBundle(again, META))).toBe(bundleToLine(bundle));
    }),
  );
});
