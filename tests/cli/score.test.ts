import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/base/canonical-json.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { rankRecordSchema, scoreRecordSchema } from '../../src/bundles/schema/lines.js';
import { TemporaryRepository, temporaryFolder } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';
import { sandboxedAssay } from './sandbox.js';

const MONEY = 'def total(prices: list[int]) -> int:\n    return sum(prices)\n';
const FILES = {
  'pkg/__init__.py': '',
  'pkg/money.py': MONEY,
  'pkg/report.py': 'from pkg.money import total\n\n\ndef line() -> str:\n    return "sum " + str(total([1, 2]))\n',
};

function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function patchesOf(repository: TemporaryRepository): { broken: string; better: string; created: string } {
  return {
    broken: repository.patchOf({ 'pkg/money.py': MONEY.replace('prices: list[int]', 'prices: list[int], currency: str') }),
    better: repository.patchOf({ 'pkg/money.py': MONEY.replace('sum(prices)', 'sum(price for price in prices)') }),
    created: repository.patchOf({ 'pkg/new.py': 'from pkg.money import total\n\nx: str = total([1])\n' }),
  };
}

describe('assay score', () => {
  test('answers every line in order with the bundle of assay reward, whatever was priced before it', async () => {
    const repository = new TemporaryRepository(FILES);
    const { broken, better, created } = patchesOf(repository);
    const input = lines([{ id: 'a', patch: broken }, { patch: created }, { id: 'c', patch: better, base: 'HEAD' }, { id: 'd', patch: broken }, { id: 'e', patch: broken.replace(' sum(prices)', ' max(prices)') }]);
    const { code, stdout } = await assay(['score', '-', '--bundles'], { cwd: repository.top, input });
    const records = stdout.trim().split('\n').map((line) => scoreRecordSchema.parse(JSON.parse(line)));
    expect(records.map((record) => record.id)).toEqual(['a', 1, 'c', 'd', 'e']);
    expect(records.map((record) => record.abstain)).toEqual([false, false, false, false, true]);
    expect(records[0]?.r).toBeLessThan(0);
    expect(records[1]?.bundle?.processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/new.py' }]);
    expect(records[2]?.r).toBe(0);
    expect(records[3]?.bundleId).toBe(records[0]?.bundleId);
    expect(records[4]?.bundle?.error?.code).toMatch(/^E\/(APPLY_CONFLICT|BAD_ARGUMENT)$/);
    expect(code).toBe(0);
    for (const [index, patch] of [broken, created, better].entries()) {
      expect((await assayBundle(['reward', '-'], { cwd: repository.top, input: patch })).bundleId).toBe(records[index]?.bundleId);
    }
  }, 180_000);

  test('is recorded and replayed byte for byte with no server, and recomputed under other weights', async () => {
    const repository = new TemporaryRepository(FILES);
    const { broken, better } = patchesOf(repository);
    const trace = join(temporaryFolder(), 'trace.jsonl');
    const { stdout } = await assay(['score', '-', '--bundles', '--trace-file', trace], { cwd: repository.top, input: lines([{ patch: broken }, { patch: better }, { patch: broken.replace(' sum(prices)', ' max(prices)') }]) });
    const recorded = stdout.trim().split('\n').map((line) => canonicalJson((JSON.parse(line) as { bundle: Json }).bundle));
    const replayed = await sandboxedAssay(['trace', 'replay', trace, '--json'], [trace]);
    expect([replayed.code, replayed.stdout.trim().split('\n')]).toEqual([0, recorded]);
    const otherwise = await sandboxedAssay(['trace', 'replay', trace, '--json', '--weights', 'phiD=1,phiS=0,conf=1,phiP=0'], [trace]);
    expect(otherwise.stdout.trim().split('\n').map((line) => (JSON.parse(line) as Bundle).processReward?.weights.phiD ?? null)).toEqual([0.5, 0.5, null]);
  }, 180_000);

  test('a line that cannot be read has its answer too, and the exit code says so; two lanes answer in order', async () => {
    const repository = new TemporaryRepository(FILES);
    const { better } = patchesOf(repository);
    const { code, stdout, stderr } = await assay(['score', '-', '--servers', '2'], { cwd: repository.top, input: `${lines([{ id: 'a', patch: better }])}not json\n\n${lines([{ id: 'c', patch: '' }])}` });
    const records = stdout.trim().split('\n').map((line) => scoreRecordSchema.parse(JSON.parse(line)));
    expect(records.map(({ id, r, abstain }) => [id, r, abstain])).toEqual([['a', 0, false], [1, null, true], ['c', 0, false]]);
    expect(records[1]?.bundle?.error?.message).toContain('line 2');
    expect([code, stderr]).toEqual([2, '']);
  });

  test('--out goes on where a run was cut short, and refuses the file of another run', async () => {
    const repository = new TemporaryRepository(FILES);
    const { better, broken } = patchesOf(repository);
    const folder = temporaryFolder();
    const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
    writeFileSync(input, lines([{ id: 'a', patch: broken }, { id: 'b', patch: better }]));
    const run = (...more: string[]): ReturnType<typeof assay> => assay(['score', input, '--out', output, ...more], { cwd: repository.top });
    writeFileSync(output, 'mine\n');
    expect((await run()).code).toBe(2);
    expect(readFileSync(output, 'utf8')).toBe('mine\n');
    const fresh = join(folder, 'fresh.jsonl');
    expect((await assay(['score', input, '--out', fresh], { cwd: repository.top })).code).toBe(0);
    const whole = readFileSync(fresh, 'utf8');
    expect((await assay(['score', '-', '--out', fresh], { cwd: repository.top })).code).toBe(2);
    expect(whole.split('\n')).toHaveLength(3);
  });

  test('a file that is not there, or no file at all, is a bad argument', async () => {
    const repository = new TemporaryRepository(FILES);
    expect((await assay(['score', 'nothing.jsonl'], { cwd: repository.top })).code).toBe(3);
    expect((await assay(['score'], { cwd: repository.top })).code).toBe(2);
  });
});

describe('assay rank', () => {
  test('orders the patches of each task, best first, with reasons, whatever the order of the input', async () => {
    const repository = new TemporaryRepository(FILES);
    const { broken, better } = patchesOf(repository);
    const records = [
      { id: 'broken', instance_id: 'one', system: 'x', patch: broken },
      { id: 'good', instance_id: 'one', system: 'y', patch: better },
      { id: 'conflict', instance_id: 'one', system: 'z', patch: broken.replace(' sum(prices)', ' max(prices)') },
      { id: 'alone', instance_id: 'two', patch: better },
    ];
    const trace = join(temporaryFolder(), 'trace.jsonl');
    const [forwards, backwards] = await Promise.all([records, [...records].reverse()].map((order, index) => assay(['rank', '-', ...(index === 0 ? ['--trace-file', trace] : [])], { cwd: repository.top, input: lines(order) })));
    const parse = (stdout = ''): ReturnType<typeof rankRecordSchema.parse>[] => stdout.trim().split('\n').map((line) => rankRecordSchema.parse(JSON.parse(line)));
    const ranked = parse(forwards?.stdout);
    expect(ranked.map((record) => [record.instance_id, record.order.map((item) => item.id)])).toEqual([['one', ['good', 'broken', 'conflict']], ['two', ['alone']]]);
    expect(ranked[0]?.order[1]?.reasons).toContain('1 introduced, 0 fixed');
    expect(ranked[0]?.order[2]).toMatchObject({ score: 0 });
    expect(parse(backwards?.stdout).find((record) => record.instance_id === 'one')).toEqual(ranked[0]);
    expect(forwards?.code).toBe(0);
    const replayed = await sandboxedAssay(['trace', 'replay', trace], [trace]);
    expect([replayed.code, replayed.stdout.match(/^#\d reward same sha256:[0-9a-f]{64}$/gm)?.length]).toEqual([0, 4]);
  });
});
