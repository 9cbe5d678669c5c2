import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesContent, type FileTree } from '../../src/workspace/file-tree.js';
import { applyPlainPatch } from '../../src/workspace/plain-patch.js';
import { seededRandom } from './random-edits.js';
import { temporaryFolder } from './temporary-repository.js';

const RUNS = Number(process.env['ASSAY_PLAIN_PATCHES'] ?? 150);
const NAMES = ['a.py', 'src/b.py'];

/** Texts of few different lines, so that a hunk fits in many places. */
function randomText(random: () => number): string {
  const lines = Array.from({ length: Math.floor(random() * 30) }, () => ['a', 'b', 'c', '', 'd\r', '--- a/a.py', '@@ -1 +1 @@'][Math.floor(random() ** 2 * 7)] ?? '');
  return lines.join('\n') + (random() < 0.9 && lines.length > 0 ? '\n' : '');
}

function edited(text: string, random: () => number): string {
  const lines = text.split('\n');
  for (let count = Math.ceil(random() * 3); count > 0; count -= 1) lines.splice(Math.floor(random() * lines.length), Math.floor(random() * 3), ...(random() < 0.6 ? ['x'] : []));
  return lines.join('\n');
}

/** What models make of patches: numbers that are off, lines of context too few or too many, hunks in another order or twice. */
function mangled(patch: string, random: () => number): string {
  const lines = patch.split('\n');
  const at = (wanted: RegExp): number => {
    const places = lines.flatMap((line, index) => (wanted.test(line) ? [index] : []));
    return places[Math.floor(random() * places.length)] ?? 0;
  };
  const shift = (match: string): string => String(Math.max(0, Number(match) + Math.floor(random() * 5) - 2));
  const [hunk, line] = [at(/^@@/), at(/^[ +-]/)];
  const kind = Math.floor(random() * 8);
  if (kind === 0) lines[hunk] = (lines[hunk] ?? '').replace(/\d+/, shift);
  if (kind === 1) lines[hunk] = (lines[hunk] ?? '').replace(/(?<=\+)\d+/, shift);
  if (kind === 2) lines[hunk] = (lines[hunk] ?? '').replace(/(?<=,)\d+/, shift);
  if (kind === 3) lines.splice(line, 1);
  if (kind === 4) lines.splice(line, 0, lines[line] ?? '');
  if (kind === 5) lines.push(...lines.slice(hunk));
  if (kind === 6) return lines.filter((each) => !/^(?:diff|index) /.test(each)).join('\n');
  return lines.join('\n');
}

test('a patch that is applied without Git gives what Git gives', () => {
  const random = seededRandom(RUNS);
  const folder = temporaryFolder();
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'latin1' });
  mkdirSync(join(folder, 'src'));
  git('init', '-q');
  // What is not plain is null, which the cases below hold to account.
  let [plain, withReturns] = [0, 0];
  for (let run = 0; run < RUNS; run += 1) {
    const before = new Map(NAMES.map((name) => [name, randomText(random)]));
    for (const [name, text] of before) writeFileSync(join(folder, name), text);
    git('add', '.');
    for (const [name, text] of before) writeFileSync(join(folder, name), edited(text, random));
    const patch = mangled(git('diff', `-U${String(Math.floor(random() * 4))}`), random);
    const bytes = new Map([...before].map(([name, text]) => [name, Buffer.from(text)]));
    const tree: FileTree = new Map([...bytes].map(([name, content]) => [name, { mode: 'file', content: bytesContent(content) }]));
    const found = patch === '' ? null : applyPlainPatch(tree, Buffer.from(patch, 'latin1'), bytes);
    if (found === null) continue;
    const outcome = spawnSync('git', ['apply', '--cached', '--whitespace=nowarn', '-p1', '-'], { cwd: folder, input: Buffer.from(patch, 'latin1') });
    expect([outcome.status, patch, String(outcome.stderr)]).toEqual([0, patch, '']);
    git('checkout-index', '-f', '-a');
    for (const [name, text] of before) expect([patch, readFileSync(join(folder, name), 'latin1')]).toEqual([patch, found.get(name)?.toString('latin1') ?? text]);
    plain += 1;
    if (patch.includes('\r')) withReturns += 1;
  }
  expect(plain).toBeGreaterThan(RUNS / 10);
  expect(withReturns).toBeGreaterThan(0);
}, 1_000_000);

const FILES = { 'a.py': '1\n2\n3\n4\n5\n' };
const hunk = '@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n 4\n';
const header = 'diff --git a/a.py b/a.py\nindex 1234567..89abcde 100644\n--- a/a.py\n+++ b/a.py\n';

test.each([
  ['as git diff writes it', header + hunk, true],
  ['without index line', header.replace(/index.*\n/, '') + hunk, true],
  ['without diff line', header.replace(/diff.*\n|index.*\n/g, '') + hunk, true],
  ['of two files in one header', header.replace('diff --git a/a.py b/a.py', 'diff --git a/b.py b/b.py') + hunk, false],
  ['of a file with a time', header.replace(/diff.*\n|index.*\n/g, '').replace('--- a/a.py', '--- a/a.py\t2026-01-01') + hunk, false],
  ['of another mode', header.replace('100644', '100755') + hunk, false],
  ['with a new mode', header.replace(/index.*\n/, 'old mode 100644\nnew mode 100755\n') + hunk, false],
  ['without prefixes', header.replaceAll(/[ab]\/a/g, 'a') + hunk, false],
  ['of a file twice', header + hunk + header + hunk, false],
  ['of a file that is not there', header.replaceAll('a.py', 'b.py') + hunk, false],
  ['with text behind it', `${header}${hunk}-- \n2.39\n`, false],
  ['with a line cut short', header + hunk.slice(0, -1), false],
  ['that changes nothing', `${header}@@ -1,2 +1,2 @@\n 1\n 2\n`, false],
  ['that ends the file, and does not', `${header}@@ -2,2 +2,2 @@\n 2\n-3\n+three\n`, false],
  ['somewhere else', header + hunk.replace('-1,4 +1,4', '-2,4 +2,4'), false],
])('a patch %s', (_name, patch, isPlain) => {
  const bytes = new Map(Object.entries(FILES).map(([name, text]) => [name, Buffer.from(text)]));
  const tree: FileTree = new Map([...bytes].map(([name, content]) => [name, { mode: 'file', content: bytesContent(content) }]));
  expect(applyPlainPatch(tree, Buffer.from(patch), bytes)?.get('a.py')?.toString() ?? null).toBe(isPlain ? '1\ntwo\n3\n4\n5\n' : null);
});
