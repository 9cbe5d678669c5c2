import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { parseBundle } from '../src/bundles/parse-bundle.js';
import { rewardReason } from '../src/render/reward-reason.js';
import { table } from '../src/render/table.js';
import { buildDemoRepository, demoCommits } from './demo-repository.js';

/** Builds the repository of fixtures/demo in a temporary folder and prints the reward of each of its commits: `npm run demo`. */
const root = process.cwd();
const fixture = join(root, 'fixtures', 'demo');
const temporary = mkdtempSync(join(tmpdir(), 'assay-demo-'));
try {
  process.exitCode = demo(join(temporary, 'shop'));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function demo(workspace: string): number {
  mkdirSync(workspace);
  const ids = buildDemoRepository(fixture, workspace);
  const subjects = demoCommits(fixture).map(({ subject }) => subject);
  const requests = ids.slice(1).map((head, index) => ({ id: head, cmd: 'reward', args: { workspace, base: ids[index], head } }));
  const bundles = answers(requests);
  const rows = bundles.map(({ id, bundle }) => row(id, subjects[ids.indexOf(id)] ?? '', bundle));
  process.stdout.write(`${table([['commit', 'subject', 'r', 'introduced', 'fixed', 'gates', 'why'], ...rows]).join('\n')}\n`);
  const rewarded = bundles.filter(({ bundle }) => typeof bundle.processReward?.r === 'number');
  const failed = requests.length - rewarded.length;
  if (failed > 0) process.stderr.write(`${String(failed)} of ${String(requests.length)} commits have no reward\n`);
  return failed > 0 ? 1 : 0;
}

/** One `assay batch` answers for all commits, so that its servers start once. */
function answers(requests: readonly { readonly id: string }[]): { readonly id: string; readonly bundle: Bundle }[] {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const env = { ...process.env, XDG_STATE_HOME: join(temporary, 'state') };
  const run = spawnSync(process.execPath, [join(root, 'bin', 'assay.cjs'), 'batch', '-'], { input, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  process.stderr.write(run.stderr);
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { id, bundle } = JSON.parse(line) as { id: string; bundle: unknown };
      return { id, bundle: parseBundle(JSON.stringify(bundle)) };
    });
}

function row(id: string, subject: string, bundle: Bundle): string[] {
  const { processReward: reward, error } = bundle;
  if (reward === null) return [id.slice(0, 8), subject, 'none', '', '', '', `${error?.code ?? 'no reward'}: ${error?.message ?? ''}`];
  const delta = reward.neutralDiagnostics;
  const r = reward.r === null ? 'none' : `${reward.r > 0 ? '+' : ''}${String(reward.r)}`;
  const gates = reward.gates.map(({ gate }) => gate).join(' ');
  return [id.slice(0, 8), subject, r, String(delta?.introduced.length ?? ''), String(delta?.fixed.length ?? ''), gates, rewardReason(reward)];
}
