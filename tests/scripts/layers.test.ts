import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let root: string;

/** A small tree under the real rules. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(root, file));
  mkdirSync(join(root, 'tests'));
  writeFileSync(join(root, 'tests', 'some.test.ts'), 'export {};\n');
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function layers(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly output: string } {
  rmSync(join(root, 'src'), { recursive: true, force: true });
  mkdirSync(join(root, 'src'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', 'layers.mjs'), root], { encoding: 'utf8' });
  return { status: run.status, output: run.stdout + run.stderr };
}

const BASE = { 'src/base/range.ts': 'export const zero = 0;\n' };
const BUNDLE = { 'src/bundles/bundle.ts': "import { zero } from '../base/range.js';\nexport const bundle = zero;\n" };

test('a tree that keeps to the layers passes', () => {
  expect(layers({ ...BASE, ...BUNDLE })).toEqual({ status: 0, output: 'layers: 2 modules, 0 violations\n' });
});

test('a tree without a module fails', () => {
  expect(layers({ 'src/readme.md': '' })).toEqual({ status: 1, output: expect.stringContaining('no module was cruised') as unknown });
});

/** A rule, the importing file that breaks it, and what is planted for that. The names differ, so that one tree holds them all. */
const PLANTED: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['features-do-not-meet', 'src/bundles/a.ts', { 'src/reward/r.ts': 'export const r = 0;\n', 'src/bundles/a.ts': "export { r } from '../reward/r.js';\n" }],
  ['features-do-not-meet', 'src/bundles/b.ts', { 'src/reward/t.ts': 'export type R = 0;\n', 'src/bundles/b.ts': "import type { R } from '../reward/t.js';\nexport type S = R;\n" }],
  ['base-is-the-floor', 'src/base/c.ts', { 'src/base/c.ts': "export { bundle } from '../bundles/bundle.js';\n" }],
  ['operations-know-no-front-end', 'src/operations/d.ts', { 'src/render/t.ts': 'export const t = 0;\n', 'src/operations/d.ts': "export { t } from '../render/t.js';\n" }],
  ['render-reads-bundles-only', 'src/render/e.ts', { 'src/reward/u.ts': 'export const u = 0;\n', 'src/render/e.ts': "export { u } from '../reward/u.js';\n" }],
  ['no-cycles', 'src/base/f.ts', { 'src/base/f.ts': "export { g } from './g.js';\nexport const f = 0;\n", 'src/base/g.ts': "export { f } from './f.js';\nexport const g = 0;\n" }],
  ['no-unresolved', 'src/base/h.ts', { 'src/base/h.ts': "export { b } from './gone.js';\n" }],
  ['lsp-owns-the-protocol', 'src/operations/i.ts', { 'src/operations/i.ts': "export { NotificationType } from 'vscode-jsonrpc/node';\n" }],
  ['selectors-own-the-parser', 'src/operations/j.ts', { 'src/operations/j.ts': "export { Parser } from 'web-tree-sitter';\n" }],
  ['workspace-owns-git', 'src/operations/k.ts', { 'src/operations/k.ts': "export { simpleGit } from 'simple-git';\n" }],
  ['only-reward-model-runs-onnx', 'src/operations/l.ts', { 'src/operations/l.ts': "export { InferenceSession } from 'onnxruntime-node';\n" }],
  ['named-doors-to-processes', 'src/operations/m.ts', { 'src/operations/m.ts': "export { spawn } from 'node:child_process';\n" }],
  ['named-doors-to-the-disk', 'src/bundles/n.ts', { 'src/bundles/n.ts': "export { readFileSync } from 'node:fs';\n" }],
  ['named-doors-to-the-disk', 'src/bundles/o.ts', { 'src/bundles/o.ts': "export { readFile } from 'node:fs/promises';\n" }],
];

test('every rule catches what is planted against it', () => {
  const planted = Object.assign({}, ...PLANTED.map(([, , files]) => files)) as Record<string, string>;
  const { status, output } = layers({ ...BASE, ...BUNDLE, ...planted });
  expect(status).toBe(1);
  const caught = PLANTED.map(([rule, from]) => output.split('\n').some((line) => line.startsWith(`${from} → `) && line.includes(`: ${rule}. `)));
  expect(PLANTED.filter((_, index) => caught[index] !== true)).toEqual([]);
});

test('every rule has a plant', () => {
  const { forbidden } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as { forbidden: readonly { name: string }[] };
  expect(forbidden.map(({ name }) => name).filter((name) => !PLANTED.some(([rule]) => rule === name))).toEqual([]);
});
