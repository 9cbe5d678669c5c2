import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/base/canonical-json.js';
import { assay } from './assay.js';
import { sandboxedAssay } from './sandbox.js';

const PROBLEM = '`Cart.total` in shop/cart.py raises for an empty order';

function patch(path: string, now: string): string {
  return `--- a/${path}\n+++ b/${path}\n@@ -10,3 +10,3 @@\n     def total(self):\n-        return max(self.prices)\n+        ${now}\n \n`;
}

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
  file = join(folder, 'patches.jsonl');
  const lines = [
    { id: 'right', instance_id: 't', system: 'a', patch: patch('shop/cart.py', 'return sum(self.prices)'), problem_statement: PROBLEM },
    { id: 'alike', instance_id: 't', system: 'b', patch: patch('shop/cart.py', 'return sum(self.prices, 0)'), problem_statement: PROBLEM },
    { id: 'other', instance_id: 't', system: 'c', patch: patch('web/views/page.py', 'raise RuntimeError(self)'), problem_statement: PROBLEM },
    { id: 'nothing', instance_id: 't', system: 'd', patch: '', problem_statement: PROBLEM },
    { id: 'no problem', instance_id: 'u', patch: patch('shop/cart.py', 'return sum(self.prices)') },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface ScoreLine {
  readonly id: string;
  readonly r: number | null;
  readonly p: number | null;
  readonly abstain: boolean;
  readonly gates: readonly string[];
  readonly bundleId: string;
}

describe('--model-only', () => {
  test('scores patches without a repository, each by its own line only, and repeats every byte', async () => {
    const run = await assay(['score', file, '--model-only'], { cwd: folder });
    expect(run.code).toBe(0);
    const lines = run.stdout.trim().split('\n').map((line) => JSON.parse(line) as ScoreLine);
    expect(lines.map(({ id, r }) => [id, r])).toEqual([['right', null], ['alike', null], ['other', null], ['nothing', null], ['no problem', null]]);
    const [right, , other, nothing, lonely] = lines;
    expect(right?.p).toBeGreaterThan(other?.p ?? 1);
    expect(nothing).toMatchObject({ p: 0, gates: ['no-op'] });
    expect([right?.abstain, lonely?.abstain]).toEqual([false, true]);
    const single = join(folder, 'single.jsonl');
    writeFileSync(single, `${readFileSync(file, 'utf8').split('\n')[2] ?? ''}\n`);
    expect((await assay(['score', single, '--model-only'], { cwd: folder })).stdout.trim()).toBe(run.stdout.split('\n')[2]);
  });

  test('is recorded and replayed byte for byte, with no runtime of the model, and asked again where it is there', async () => {
    const trace = join(folder, 'scored.trace');
    const run = await assay(['score', file, '--model-only', '--bundles', '--trace-file', trace], { cwd: folder });
    const bundles = run.stdout.trim().split('\n').map((line) => canonicalJson((JSON.parse(line) as { bundle: Json }).bundle));
    const replayed = await sandboxedAssay(['trace', 'replay', trace, '--json'], [trace]);
    expect([replayed.code, replayed.stdout.trim().split('\n')]).toEqual([0, bundles]);
    expect((await assay(['trace', 'list', trace], { cwd: folder })).stdout.trim().split('\n')).toHaveLength(5);
    const again = await assay(['trace', 'replay', trace, '--against-workspace'], { cwd: folder });
    expect([again.code, again.stdout.match(/sha256:/g)?.length]).toEqual([0, 5]);
  });

  test('a line that is no patch is answered with why, and the others all the same', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, `{"id": 1, "patch": "not a diff"}\nnot json\n${readFileSync(file, 'utf8')}`);
    const run = await assay(['score', broken, '--model-only'], { cwd: folder });
    expect(run.code).toBe(2);
    expect(run.stdout.split('\n')[0]).toContain('the patch names no file: it is no unified diff');
    expect(run.stdout.trim().split('\n')).toHaveLength(7);
  });

  test('rank puts first what others did too, and last what changes nothing', async () => {
    const run = await assay(['rank', file, '--model-only'], { cwd: folder });
    expect(run.code).toBe(0);
    const [record] = run.stdout.trim().split('\n').map((line) => JSON.parse(line) as { order: { id: string; score: number }[] });
    expect(record?.order.slice(2).map(({ id }) => id)).toEqual(['other', 'nothing']);
    expect(record?.order.at(-1)?.score).toBe(0);
  });

  test('names what is wrong with a model, by the exit code of the contract', async () => {
    expect((await assay(['score', file, '--model-only', '--provider', 'cuda'], { cwd: folder })).code).toBe(72);
    expect((await assay(['score', file, '--model-only', '--no-model'], { cwd: folder })).code).toBe(2);
    expect((await assay(['score', file, '--model-only', '--model', 'none/card.json'], { cwd: folder })).code).toBe(3);
  });
});

describe('assay calibrate', () => {
  test('writes a card that --model takes, the model, and diagrams; says what the calibration is worth on unseen tasks', async () => {
    const labelled = join(folder, 'labelled.jsonl');
    const lines = Array.from({ length: 60 }, (_, index) => {
      const isRight = index % 3 === 0;
      return { instance_id: `t${String(index % 12)}`, system: `s${String(index % 5)}`, resolved: isRight !== (index % 10 === 0), problem_statement: PROBLEM, patch: isRight ? patch('shop/cart.py', `return sum(self.prices, ${String(index)})`) : patch(`web/page${String(index)}.py`, 'raise RuntimeError(self)') };
    });
    writeFileSync(labelled, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const run = await assay(['calibrate', labelled, '--out', 'ours'], { cwd: folder });
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^patch: expected calibration error \d\.\d{3} → \d\.\d{3} on unseen tasks \(60 patches, 12 tasks\)/);
    expect(readFileSync(join(folder, 'ours', 'reliability-patch.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<polyline[\s\S]*<\/svg>\n$/);
    const scored = await assay(['score', file, '--model-only', '--model', 'ours/card.json'], { cwd: folder });
    const plain = await assay(['score', file, '--model-only'], { cwd: folder });
    expect(scored.code).toBe(0);
    expect(scored.stdout).not.toBe(plain.stdout);
  });

  test('refits the weights of measured facts from what score --bundles printed', async () => {
    const labelled = join(folder, 'with-facts.jsonl');
    const isRight = (index: number): boolean => index % 2 === 0;
    const lines = Array.from({ length: 60 }, (_, index) => ({ id: `p${String(index)}`, instance_id: `t${String(index % 15)}`, system: `s${String(index % 4)}`, resolved: isRight(index), problem_statement: PROBLEM, patch: patch('shop/cart.py', `return sum(self.prices, ${String(index)})`) }));
    writeFileSync(labelled, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { stdout } = await assay(['score', labelled, '--model-only', '--bundles'], { cwd: folder });
    /** The same lines as if they had been measured: right patches fix what wrong ones break, or the other way round. */
    const measured = (isGood: (index: number) => boolean): string => {
      const name = join(folder, `facts-${String(isGood(0))}.jsonl`);
      const text = stdout.trimEnd().split('\n').map((line, index) => {
        const record = JSON.parse(line) as { bundle: { processReward: { abstain: boolean; components: { before: object; after: object } } } };
        const reward = record.bundle.processReward;
        reward.abstain = false;
        reward.components = { before: { phiD: 0.8, phiS: 1, conf: 1, phiP: 0.5 }, after: { phiD: isGood(index) ? 0.9 : 0.6, phiS: 1, conf: 1, phiP: 0.5 } };
        return `${JSON.stringify(record)}\n`;
      });
      writeFileSync(name, text.join(''));
      return name;
    };
    const fusionOf = async (facts: string): Promise<{ fusion: { p: number; facts: number; safety: number }; ranking: object }> => {
      const run = await assay(['calibrate', labelled, '--facts', facts, '--out', 'fused', '--json'], { cwd: folder });
      expect([run.code, run.stderr]).toEqual([0, '']);
      return JSON.parse(run.stdout) as { fusion: { p: number; facts: number; safety: number }; ranking: object };
    };
    const told = await fusionOf(measured(isRight));
    expect(told.fusion.facts).toBeGreaterThan(6);
    expect(told.fusion).toMatchObject({ p: 1, safety: 2 });
    expect(told.ranking).toMatchObject({ measured: 60, fitted: ['facts'], after: 1 });
    expect((await fusionOf(measured((index) => !isRight(index)))).fusion.facts).toBe(0);
    writeFileSync(join(folder, 'unmeasured.jsonl'), stdout);
    const unmeasured = await assay(['calibrate', labelled, '--facts', 'unmeasured.jsonl'], { cwd: folder });
    expect(unmeasured.code).toBe(2);
    expect(unmeasured.stderr).toContain('none of the labelled patches was measured');
    expect((await assay(['calibrate', labelled, '--facts', labelled], { cwd: folder })).code).toBe(2);
  }, 60_000);

  test('refuses to guess from a handful of labels', async () => {
    const run = await assay(['calibrate', file, '--json'], { cwd: folder });
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('too few to calibrate on');
  });
});
