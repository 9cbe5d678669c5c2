/**
 * Mutates the patches of real commits in ways that look better without being better, and says which of them is paid more.
 *
 *   npm run check:hacks -- REPO… [--patches N] [--until REV] [--gates]
 *
 * No server is asked: a checker that reports lines by their code stands in, so that the deterministic layers are what is
 * held to account: matching, neutralisation, gates and the potential. --gates mutates nothing and says which gates fire on the
 * commits as they are.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ATTACKS, lineReward } from '../tests/reward/attacks.js';
import type { Change } from '../tests/reward/fake-checker.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { patches: { type: 'string', default: '80' }, until: { type: 'string', default: 'HEAD' }, gates: { type: 'boolean', default: false } } });
if (positionals.length === 0) throw new Error('usage: npm run check:hacks -- REPO… [--patches N] [--until REV]');

const CODE = /\.(?:pyi?|[cm]?[jt]sx?|go|rs|java)$/u;
const SETTINGS = /(?:^|\/)(?:[^/]*\.(?:json|toml|cfg|ini|snap)|\.[a-z]*(?:ignore|rc))$/u;
const FILES_MAX = 4;
const CHARACTERS_MAX = 16_000;
const EPSILON = 1e-9;
const git = (repository: string, ...args: string[]): string => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });

/** The files of a commit with code, before and after; null when it is too large or has none. */
function changesOf(repository: string, commit: string): Change[] | null {
  const files = git(repository, 'diff', '--name-status', '--no-renames', `${commit}~1`, commit).split('\n').filter(Boolean).map((line) => line.split('\t') as [string, string]);
  const code = files.filter(([, path]) => CODE.test(path));
  if (code.length === 0 || files.length > FILES_MAX) return null;
  const changes = files.filter(([, path]) => CODE.test(path) || SETTINGS.test(path)).map(([status, path]): Change => [path, status === 'A' ? null : git(repository, 'show', `${commit}~1:${path}`), status === 'D' ? null : git(repository, 'show', `${commit}:${path}`)]);
  return changes.every(([, before, after]) => (before ?? '').length + (after ?? '').length < CHARACTERS_MAX) ? changes : null;
}

const paid: string[] = [];
const byAttack = new Map(ATTACKS.map(([name]) => [name, 0]));
/** Commits by the gate that fired on them, as they are. */
const fired = new Map<string, string[]>();
let mutated = 0;
let patches = 0;
for (const repository of positionals) {
  const log = git(repository, 'log', '--no-merges', '--format=%H', '-3000', values.until).split('\n').filter(Boolean);
  let left = Number(values.patches);
  for (const commit of log) {
    if (left === 0) break;
    const changes = changesOf(repository, commit);
    if (changes === null) continue;
    left -= 1;
    patches += 1;
    if (patches % 10 === 0) console.error(`${String(patches)} patches, ${String(mutated)} mutated, ${String(paid.length)} paid more`);
    const honest = await lineReward(changes);
    for (const gate of new Set(honest.gates.map((item) => item.gate))) fired.set(gate, [...(fired.get(gate) ?? []), commit.slice(0, 8)]);
    for (const [name, attack] of values.gates ? [] : ATTACKS) {
      const attacked = attack(changes);
      if (JSON.stringify(attacked) === JSON.stringify(changes)) continue;
      const hacked = await lineReward(attacked);
      mutated += 1;
      byAttack.set(name, (byAttack.get(name) ?? 0) + 1);
      if ((hacked.r ?? 1) <= (honest.r ?? 0) + EPSILON) continue;
      paid.push(`${commit.slice(0, 8)} ${name}: ${String(honest.r)} → ${String(hacked.r)}`);
      console.error(paid.at(-1));
    }
  }
}
for (const [gate, commits] of [...fired].sort()) console.log(`gate ${gate} fires on ${String(commits.length)} of ${String(patches)} real patches: ${commits.slice(0, 12).join(' ')}`);
for (const line of paid) console.log(line);
console.log([...byAttack].map(([name, count]) => `${name}: ${String(count)}`).join('\n'));
console.log(`${String(paid.length)} of ${String(mutated)} mutated patches (${String(patches)} real ones) are paid more than their original`);
if (paid.length > 0) process.exitCode = 1;
