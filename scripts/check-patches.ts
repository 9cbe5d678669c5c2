import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { Engine } from '../src/operations/engine.js';
import { pathsOfPatch } from '../src/workspace/patch-headers.js';
import { fingerprint } from '../tests/workspace/fingerprint.js';
import { MALFORMATIONS } from './check-patches/malformations.js';

/**
 * `npm run check:patches -- PATCHES INSTANCES REPOSITORIES [COUNT]`: patches that models made (JSONL, .gz or plain: instance_id, patch) at their base commits
 * (JSONL: instance_id, repo, base_commit), from clones in REPOSITORIES/owner+name/repo. Each patch meets the files that it names, as the
 * commit has them: `git apply` and `assay apply --apply` must come to the same verdict and the same tree. Then a patch that applied is spoilt as
 * models spoil them: it must be mended to the same tree, or refused with nothing written.
 */
interface Case {
  readonly instance: string;
  readonly repository: string;
  readonly commit: string;
  readonly patch: string;
}

function readLines(file: string): Record<string, unknown>[] {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A choice that depends on nothing but the patches: the first by the digest of their text. */
function chosenCases(patches: string, instances: string, repositories: string, count: number): Case[] {
  const known = new Map(readLines(instances).map((line) => [String(line['instance_id']), line]));
  const found = readLines(patches).flatMap((line): Case[] => {
    const instance = known.get(String(line['instance_id']));
    const repository = join(repositories, String(instance?.['repo']).replace('/', '+'), 'repo');
    const patch = typeof line['patch'] === 'string' ? line['patch'] : '';
    return instance === undefined || patch.trim() === '' || !existsSync(repository) ? [] : [{ instance: String(line['instance_id']), repository, commit: String(instance['base_commit']), patch }];
  });
  return [...new Map(found.map((one) => [digest(one.instance + one.patch), one])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one).filter(hasCommit).slice(0, count);
}

function hasCommit({ repository, commit }: Case): boolean {
  return spawnSync('git', ['-C', repository, 'cat-file', '-e', `${commit}^{commit}`], { stdio: 'ignore' }).status === 0;
}

/** Lays the files that the patch may mean into an empty folder. */
function lay(folder: string, { repository, commit, patch }: Case): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const path of pathsOfPatch(Buffer.from(patch))) {
    const shown = spawnSync('git', ['-C', repository, 'cat-file', 'blob', `${commit}:${path}`], { maxBuffer: 2 ** 28 });
    if (shown.status !== 0) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), shown.stdout);
  }
}

/** A conflict names the hunks that do not fit, with what is expected and what is there. */
function isToldWhere({ error }: Bundle): boolean {
  const { conflicts } = (error?.details ?? {}) as { conflicts?: { path: string; expected: string[]; hunk: string }[] };
  return error?.code !== 'E/APPLY_CONFLICT' || conflicts?.every(({ path, hunk, expected }) => path !== '' && (hunk === '' || expected.length > 0)) === true;
}

async function byAssay(folder: string, patch: string): Promise<Bundle> {
  const engine = await Engine.open({ workspace: folder, env: process.env, timeoutMs: 60_000, indexUnit: 'codepoint' });
  try {
    return await engine.run({ cmd: 'apply', args: { patch, apply: true, delta: false } });
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  const [patches, instances, repositories, count = '500'] = process.argv.slice(2);
  if (patches === undefined || instances === undefined || repositories === undefined) throw new Error('usage: npm run check:patches -- PATCHES INSTANCES REPOSITORIES [COUNT]');
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-patches-')));
  process.env['XDG_STATE_HOME'] = join(root, 'state');
  const tally = new Map<string, number>();
  const bad: string[] = [];
  const note = (verdict: string, detail = ''): void => {
    tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
    if (verdict.startsWith('BAD')) bad.push(`${verdict}: ${detail}`);
  };
  const cases = chosenCases(patches, instances, repositories, Number(count));
  const [ours, theirs] = [join(root, 'ours'), join(root, 'theirs')];
  try {
    for (const [index, one] of cases.entries()) {
      lay(theirs, one);
      const before = JSON.stringify(fingerprint(theirs));
      const git = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: theirs, input: one.patch, env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', GIT_CEILING_DIRECTORIES: root } });
      const expected = JSON.stringify(fingerprint(theirs));
      lay(ours, one);
      const bundle = await byAssay(ours, one.patch);
      const now = JSON.stringify(fingerprint(ours));
      const detail = `${one.instance} ${digest(one.patch).slice(0, 12)} git: ${git.stderr.toString().split('\n', 1)[0] ?? ''} assay: ${bundle.error?.message ?? (bundle.edits?.repairs ?? []).join('; ')}`;
      if (bundle.error !== undefined && now !== before) note('BAD refused, but wrote', detail);
      else if (git.status === 0 && bundle.error === undefined) note(now === expected ? 'same tree' : 'BAD another tree', detail);
      else if (git.status === 0) note('BAD refused what git applies', detail);
      else if (bundle.error !== undefined) note(isToldWhere(bundle) ? `both refuse: ${bundle.error.code}` : 'BAD conflict without its place', detail);
      else note(bundle.edits?.repairs === undefined ? 'BAD applied what git refuses' : `mended where git refuses: ${bundle.edits.repairs.join('; ')}`, detail);
      if (git.status !== 0 || now !== expected) continue;
      const malformation = MALFORMATIONS[index % MALFORMATIONS.length];
      const spoilt = malformation?.spoil(one.patch) ?? null;
      if (malformation === undefined || spoilt === null) continue;
      lay(ours, one);
      const mended = await byAssay(ours, spoilt);
      const after = JSON.stringify(fingerprint(ours));
      if (mended.error === undefined) note(after === expected ? `spoilt by ${malformation.name}: same tree` : `BAD spoilt by ${malformation.name}: another tree`, detail);
      else note(after === before ? `spoilt by ${malformation.name}: refused` : `BAD spoilt by ${malformation.name}: refused, but wrote`, `${detail} ${mended.error.message}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  for (const [verdict, times] of [...tally].sort()) process.stdout.write(`${String(times).padStart(5)} ${verdict}\n`);
  process.stdout.write(`${bad.map((line) => `${line}\n`).join('')}${String(cases.length)} patches, ${execFileSync('git', ['--version']).toString().trim()}, ${String(bad.length)} bad\n`);
  process.exitCode = bad.length === 0 && cases.length > 0 ? 0 : 1;
}

await main();
