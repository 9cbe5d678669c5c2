import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/base/failure.js';
import { sha256 } from '../../../src/base/digest.js';
import type { ModelCard } from '../../../src/reward/model/card.js';
import { openModel, type RewardModel } from '../../../src/reward/model/reward-model.js';

const PROBLEM = '`Cart.total` in shop/cart.py raises for an empty order';
const RIGHT_PLACE = '--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -10,3 +10,3 @@\n     def total(self):\n-        return max(line.price for line in self.lines)\n+        return sum(line.price for line in self.lines)\n \n';
const WRONG_PLACE = '--- a/web/session.py\n+++ b/web/session.py\n@@ -10,2 +10,9 @@\n def start(request):\n+    try:\n+        log(request)\n+    except KeyError:\n+        raise RuntimeError\n+    for key in request:\n+        print(key)\n+        clear(key)\n     return request\n';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A copy of a card's folder, with its card changed. */
function changedCard(from: string, change: (card: ModelCard) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-card-'));
  folders.push(folder);
  cpSync(from, folder, { recursive: true });
  const card = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as ModelCard;
  change(card);
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
  return join(folder, 'card.json');
}

async function failureOf(card: string, provider: 'cpu' | 'cuda' = 'cpu'): Promise<Failure> {
  const model = await openModel(card, provider).catch((error: unknown) => error);
  if (!(model instanceof Failure)) throw new Error('it was opened');
  return model;
}

describe('the model of this package', () => {
  let model: RewardModel;
  beforeAll(async () => {
    model = await openModel(null, 'cpu');
  });
  afterAll(() => model.close());

  test('is pinned by the digests of its file and its card, and says where it runs', () => {
    expect(model.identity.digest).toBe(sha256(readFileSync('models/default/model.onnx')));
    expect(model.identity).toMatchObject({ runtime: 'onnxruntime-node@1.30.0', provider: 'cpu', tokenizer: null });
    expect(readFileSync('models/default/model.onnx').length).toBeLessThan(5_000_000);
  });

  test('puts a small edit of the named method above an edit elsewhere', async () => {
    const [right, wrong] = [await model.scorePatch({ patch: RIGHT_PLACE, problem: PROBLEM }), await model.scorePatch({ patch: WRONG_PLACE, problem: PROBLEM })];
    expect(right.p).toBeGreaterThan(wrong.p);
    expect(right.p).toBeLessThanOrEqual(1);
    expect(wrong.p).toBeGreaterThanOrEqual(0);
    expect(Math.round(right.p * 10_000)).toBeCloseTo(right.p * 10_000, 9);
  });

  test('repeats its scores bit for bit, from another thread too', async () => {
    const again = await openModel(null, 'cpu');
    for (const patch of [RIGHT_PLACE, WRONG_PLACE]) {
      expect(await again.scorePatch({ patch, problem: PROBLEM })).toEqual(await model.scorePatch({ patch, problem: PROBLEM }));
    }
    await again.close();
  });

  test('a patch that changes no code has p = 0', async () => {
    for (const patch of ['', '--- a/x.py\n+++ b/x.py\n@@ -1,1 +1,2 @@\n import os\n+# a comment\n']) expect((await model.scorePatch({ patch, problem: PROBLEM })).p).toBe(0);
  });

  test('a patch of which the model sees nothing is not said to be wrong', async () => {
    for (const [hunk, hasString] of [['@@ -1,1 +1,3 @@\n import os\n+def total(items):\n+    return sum(items)\n', false], ['@@ -1,2 +1,2 @@\n import os\n-GREETING = greet("hallo")\n+GREETING = greet("hello")\n', true]] as const) {
      const verdict = await model.scorePatch({ patch: `--- a/shop/cart.py\n+++ b/shop/cart.py\n${hunk}`, problem: PROBLEM });
      expect(verdict.p > 0).toBe(hasString);
      expect(verdict).toMatchObject({ abstain: true, reason: expect.stringContaining('does not see') as string });
    }
  });

  test('says that it is not to be relied on without a problem, and for patches unlike those it learned from', async () => {
    expect(await model.scorePatch({ patch: RIGHT_PLACE, problem: '' })).toMatchObject({ abstain: true, reason: 'there is no problem statement to compare the patch with' });
    const huge = Array.from({ length: 60 }, (_, file) => `--- a/pkg${String(file)}/m.py\n+++ b/pkg${String(file)}/m.py\n@@ -1,0 +1,60 @@\n${Array.from({ length: 60 }, (_, line) => `+raise Error${String(line)}(await call(${String(file)}))\n`).join('')}`).join('');
    expect((await model.scorePatch({ patch: huge, problem: PROBLEM })).reason).toMatch(/^larger than what the model learned from \(files 60, at most \d+\)$/);
    const unbounded = await openModel(changedCard('models/default', (card) => { delete card.abstain.sizes; }), 'cpu');
    expect((await unbounded.scorePatch({ patch: huge, problem: PROBLEM })).reason).toMatch(/^unlike the patches/);
    await unbounded.close();
  });

  test('gives every hunk and step a p', async () => {
    const hunks = await model.scoreHunks({ patch: WRONG_PLACE + RIGHT_PLACE, problem: PROBLEM });
    expect(hunks?.map(({ path, start }) => [path, start])).toEqual([['shop/cart.py', 10], ['web/session.py', 10]]);
    expect(hunks?.[0]?.p).toBeGreaterThan(hunks?.[1]?.p ?? 1);
    const step = await model.scoreStep({ patch: RIGHT_PLACE, problem: PROBLEM }, { steps: 6, searches: 2, views: 2, edits: 1, runs: 1 });
    expect(step?.p).toBeGreaterThan(0);
  });

  test('prefers, among candidates, what others did too; their order has no part in it', async () => {
    const input = (patch: string, system: string): { patch: string; problem: string; system: string } => ({ patch, problem: PROBLEM, system });
    const group = [input(RIGHT_PLACE, 'a'), input(RIGHT_PLACE.replace('sum(', 'fsum('), 'b'), input(WRONG_PLACE, 'c')];
    const verdicts = (await model.scoreGroup(group)) ?? [];
    expect(verdicts[0]?.p).toBeGreaterThan(verdicts[2]?.p ?? 1);
    expect((await model.scoreGroup(group.toReversed()))?.toReversed()).toEqual(verdicts);
  });
});

describe('a card that does not fit is refused', () => {
  test('another model file than the one it pins', async () => {
    const failure = await failureOf(changedCard('models/default', (card) => { card.model.digest = `sha256:${'0'.repeat(64)}`; }));
    expect(failure).toMatchObject({ code: 'E/VERSION_SKEW', exitCode: 10, message: expect.stringMatching(/model\.onnx is not the file that the card pins/) as string });
  });

  test('numbers or outputs that the model does not have', async () => {
    const shorter = await failureOf(changedCard('models/default', (card) => { if (card.input.kind === 'features') card.input.names.pop(); }));
    expect(shorter).toMatchObject({ code: 'E/VERSION_SKEW', message: expect.stringMatching(/the model reads features, float32 \[1, \d+\]; it reads features, float32 \[1, \d+\]/) as string });
    const output = await failureOf(changedCard('models/default', (card) => { card.heads.patch.output = 'nothing'; }));
    expect(output.message).toMatch(/outputs that the model does not have: nothing/);
    const unknown = await failureOf(changedCard('models/default', (card) => { if (card.input.kind === 'features') card.input.names[0] = 'phase_of_the_moon'; }));
    expect(unknown.message).toMatch(/numbers that this version does not make: phase_of_the_moon/);
  });

  test('bytes that are no model', async () => {
    const card = changedCard('models/default', (given) => { given.model.digest = sha256('no model'); });
    writeFileSync(join(card, '..', 'model.onnx'), 'no model');
    expect((await failureOf(card)).code).toBe('E/VERSION_SKEW');
  });

  test('a file that is absent, and one that is no card', async () => {
    expect((await failureOf('nowhere/card.json')).code).toBe('E/NOT_FOUND');
    expect(await failureOf('package.json')).toMatchObject({ code: 'E/BAD_ARGUMENT', exitCode: 2 });
  });

  test.skipIf(process.env['ASSAY_HAS_GPU'] !== undefined)('a provider that cannot be had is named', async () => {
    expect(await failureOf('models/default/card.json', 'cuda')).toMatchObject({ code: 'E/UNSUPPORTED_CAP', exitCode: 72, message: expect.stringMatching(/^no cuda provider can be had here/) as string });
  });
});

describe('a classifier of one’s own', () => {
  const CARD = 'fixtures/model/classifier';

  test('is run through the same card, with its tokenizer', async () => {
    const model = await openModel(join(CARD, 'card.json'), 'cpu');
    const verdict = await model.scorePatch({ patch: RIGHT_PLACE, problem: '' });
    // "sum" and "total" stand in the patch once each for right (1 + .5), "max" once for wrong (.5): σ(1).
    expect(verdict).toMatchObject({ p: 0.7311, logit: 1, abstain: false });
    expect(model.identity.tokenizer).toMatch(/^sha256:/);
    expect(await model.scoreGroup([{ patch: RIGHT_PLACE, problem: '', system: null }])).toBeNull();
    await model.close();
  });

  test('reads as much of the problem as its card says', async () => {
    for (const [most, logit] of [[null, 2], [4, 2], [3, 1], [0, 1]] as const) {
      const model = await openModel(changedCard(CARD, (card) => { if (card.input.kind === 'text' && most !== null) card.input.problemMax = most; }), 'cpu');
      expect((await model.scorePatch({ patch: RIGHT_PLACE, problem: ' sum' })).logit, String(most)).toBe(logit);
      await model.close();
    }
  });

  test('does not see comments or the content of strings', async () => {
    const model = await openModel(join(CARD, 'card.json'), 'cpu');
    const stuffed = RIGHT_PLACE.replace('sum(', '"sum total sum" + sum(').replace('in self.lines)\n \n', 'in self.lines)  # sum total\n \n');
    expect((await model.scorePatch({ patch: stuffed, problem: '' })).logit).toBe(1);
    await model.close();
  });

  test('is refused when its inputs, classes or tokenizer are not what the card says', async () => {
    const inputs = await failureOf(changedCard(CARD, (card) => { if (card.input.kind === 'text') card.input.mask = null; }));
    expect(inputs).toMatchObject({ code: 'E/VERSION_SKEW', message: 'the card says that the model reads input_ids (int64); it reads input_ids (int64), attention_mask (int64)' });
    const classes = await failureOf(changedCard(CARD, (card) => { if (card.input.kind === 'text') card.input.positive = 5; }));
    expect(classes.message).toMatch(/2 classes, and the card says that number 5 means right/);
    const tokenizer = await failureOf(changedCard(CARD, (card) => { if (card.input.kind === 'text') card.input.tokenizer.digest = `sha256:${'1'.repeat(64)}`; }));
    expect(tokenizer.code).toBe('E/VERSION_SKEW');
  });
});
