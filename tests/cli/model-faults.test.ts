import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import type { ModelCard } from '../../src/reward/model/card.js';
import { sealLine, type TraceLine } from '../../src/trace/trace-line.js';
import { decodeValue } from '../../src/trace/values.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, type Outcome } from './assay.js';

const PATCH = '--- a/notes.md\n+++ b/notes.md\n@@ -1,1 +1,1 @@\n-x\n+y\n';
const CODE = '--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -1,2 +1,2 @@\n def total(prices):\n-    return max(prices)\n+    return sum(prices)\n';
const PROBLEM = '`total` in shop/cart.py is wrong';

let folder: string;
let lines: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-faults-'));
  lines = join(folder, 'lines.jsonl');
  writeFileSync(lines, `${JSON.stringify({ id: 'a', patch: CODE, problem_statement: PROBLEM })}\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An installation of assay whose onnxruntime-node is absent (null), or this script. Returns its executable. */
function installation(name: string, runtime: string | null): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  for (const entry of ['bin', 'dist']) cpSync(entry, join(root, entry), { recursive: true });
  for (const entry of ['models', 'grammars']) symlinkSync(join(process.cwd(), entry), join(root, entry));
  cpSync('package.json', join(root, 'package.json'));
  for (const entry of readdirSync('node_modules')) if (entry !== 'onnxruntime-node') symlinkSync(join(process.cwd(), 'node_modules', entry), join(root, 'node_modules', entry));
  if (runtime !== null) {
    const at = join(root, 'node_modules', 'onnxruntime-node');
    mkdirSync(at);
    writeFileSync(join(at, 'package.json'), '{"name":"onnxruntime-node","version":"0.0.0","main":"index.js"}');
    writeFileSync(join(at, 'index.js'), runtime);
  }
  return join(root, 'bin', 'assay.cjs');
}

function run(executable: string, args: readonly string[], cwd = folder): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [executable, ...args], { cwd, maxBuffer: 1 << 28 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** A copy of a card's folder, with its card changed. */
function changedCard(name: string, from: string, change: (card: ModelCard) => void): string {
  const at = join(folder, name);
  cpSync(from, at, { recursive: true });
  const card = JSON.parse(readFileSync(join(at, 'card.json'), 'utf8')) as ModelCard;
  change(card);
  writeFileSync(join(at, 'card.json'), JSON.stringify(card));
  return join(at, 'card.json');
}

describe('a runtime that cannot run models', () => {
  test.each([
    ['is absent', null, /onnxruntime-node is not installed, so no model can be run/],
    ['does not load', 'throw new Error("libfoo.so.1: cannot open shared object file")', /the ONNX runtime cannot be loaded: libfoo\.so\.1: cannot open shared object file/],
    ['ends its thread', 'process.exit(3)', /the ONNX runtime cannot be loaded: the thread that runs the model ended/],
  ])('%s: exit 72, with the way out, which works', async (name, runtime, message) => {
    const executable = installation(name.replaceAll(' ', '-'), runtime);
    const { top } = new TemporaryRepository({ 'notes.md': 'x\n' });
    writeFileSync(join(folder, 'notes.patch'), PATCH);
    const outcome = await run(executable, ['score', lines, '--model-only'], top);
    expect([outcome.code, outcome.stdout]).toEqual([72, '']);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).toContain('--no-model');
    expect(outcome.stderr).not.toContain('    at ');
    const json = await run(executable, ['reward', join(folder, 'notes.patch'), '--json'], top);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([72, { error: { code: 'E/UNSUPPORTED_CAP', message: expect.stringMatching(message) as string } }]);
    expect((await run(executable, ['reward', join(folder, 'notes.patch'), '--no-model'], top)).code).toBe(0);
  }, 60_000);
});

describe('a model that does not fit', () => {
  test.each([
    ['another model file', 'models/default', (card: ModelCard) => { card.model.digest = `sha256:${'0'.repeat(64)}`; }, 10, /model\.onnx is not the file that the card pins/],
    ['another tokenizer', 'fixtures/model/classifier', (card: ModelCard) => { if (card.input.kind === 'text') card.input.tokenizer.digest = `sha256:${'0'.repeat(64)}`; }, 10, /tokenizer\.json is not the file that the card pins/],
    ['a number too few', 'models/default', (card: ModelCard) => { if (card.input.kind === 'features') card.input.names.pop(); }, 10, /the model reads features, float32 \[1, \d+\]; it reads features, float32 \[1, \d+\]/],
    ['an output that is not there', 'fixtures/model/classifier', (card: ModelCard) => { card.heads.patch.output = 'nothing'; }, 10, /outputs that the model does not have: nothing; it has logits/],
    ['a class that is not there', 'fixtures/model/classifier', (card: ModelCard) => { if (card.input.kind === 'text') card.input.positive = 5; }, 10, /2 classes, and the card says that number 5 means right/],
    ['a card with a key too many', 'models/default', (card: ModelCard) => { Object.assign(card, { surprise: 1 }); }, 2, /is no model card: .*surprise/s],
  ] as const)('%s', async (name, from, change, code, message) => {
    const card = changedCard(name.replaceAll(' ', '-'), from, change);
    const outcome = await assay(['score', lines, '--model-only', '--model', card], { cwd: folder });
    expect(outcome.stderr).toMatch(message);
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
  });

  test.each(['cuda', 'webgpu'])('%s where there is none: exit 72, never another one in silence', async (provider) => {
    const outcome = await assay(['score', lines, '--model-only', '--provider', provider], { cwd: folder });
    expect([outcome.code, outcome.stdout]).toEqual([72, '']);
    expect(outcome.stderr).toMatch(new RegExp(`no ${provider} provider can be had here: .*\\n[\\s\\S]*--provider cpu`));
  });

  test('auto says in the bundle where it ran', async () => {
    const { stdout } = await assay(['score', lines, '--model-only', '--provider', 'auto', '--bundles'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ bundle: { processReward: { model: { provider: 'cpu' } } } });
  });
});

describe('the replay of a score', () => {
  interface Score { readonly said: { readonly p: number; readonly digest: string }; readonly digest: string; readonly ps: readonly number[] }

  /** A trace with what the model said changed, sealed again. */
  function tampered(trace: string, change: (text: string) => string): string {
    let previous = '';
    return trace.trimEnd().split('\n').map((text) => {
      const { check: _check, ...line } = JSON.parse(text) as TraceLine;
      const isScore = line.kind === 'saw' && line.what === 'model score';
      const changed = isScore ? (JSON.parse(change(JSON.stringify(line))) as typeof line) : line;
      const { s, n, ...body } = changed;
      const sealed = sealLine(body, { s, n, previous });
      previous = sealed.check;
      return `${sealed.text}\n`;
    }).join('');
  }

  test('takes what was recorded, without a runtime too; where the same model is there, it must agree', async () => {
    const { top } = new TemporaryRepository({ 'shop/cart.py': 'def total(prices):\n    return max(prices)\n' });
    const [trace, patch, problem] = [join(folder, 'trace.jsonl'), join(folder, 'cart.patch'), join(folder, 'problem.md')];
    writeFileSync(patch, CODE);
    writeFileSync(problem, PROBLEM);
    const recorded = await assay(['reward', patch, '--problem', problem, '--json', '--trace-file', trace], { cwd: top });
    expect(recorded.code).toBe(0);
    const line = readFileSync(trace, 'utf8').trimEnd().split('\n').map((text) => JSON.parse(text) as TraceLine).find((each) => each.kind === 'saw' && each.what === 'model score');
    const score = decodeValue(line?.kind === 'saw' ? (line.value ?? null) : null, () => Buffer.alloc(0)) as Score;
    expect(score.ps[0]).toBe(score.said.p);

    rmSync(top, { recursive: true });
    for (const executable of [join(process.cwd(), 'bin', 'assay.cjs'), installation('replaying', null)]) {
      const replayed = await run(executable, ['trace', 'replay', trace, '--json']);
      expect([replayed.stderr, replayed.code, replayed.stdout]).toEqual(['', 0, recorded.stdout]);
    }
    const other = join(folder, 'other.jsonl');
    const raise = (text: string): string => text.replaceAll(String(score.said.p), '0.99');
    writeFileSync(other, tampered(readFileSync(trace, 'utf8'), raise));
    const caught = await assay(['trace', 'replay', other], { cwd: folder });
    expect(caught.code).toBe(76);
    expect(caught.stderr).toContain('the model score that was recorded is not what the same model gives');

    // A model that is not this one has nothing to say: what was recorded is taken, and differs from the recorded bundle.
    writeFileSync(other, tampered(readFileSync(trace, 'utf8'), (text) => raise(text).replaceAll(score.digest, sha256('another model'))));
    const taken = await assay(['trace', 'replay', other], { cwd: folder });
    expect(taken.code).toBe(76);
    expect(taken.stderr).toContain('first in');
    expect(taken.stderr).not.toContain('the same model gives');
  }, 60_000);
});
