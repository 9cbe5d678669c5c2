import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jail } from '../../src/apply/jail.js';
import { JournalStore } from '../../src/apply/journal-store.js';
import { nodeFiles } from '../../src/apply/node-files.js';
import { planBetween } from '../../src/apply/plan-between.js';
import { recover, runTransaction } from '../../src/apply/transaction.js';
import { Failure } from '../../src/base/failure.js';
import { mixedEdit } from '../../tests/apply/fault-harness.js';
import { FaultyFiles } from '../../tests/apply/faulty-files.js';
import { imageOf, type Files } from '../../tests/apply/memory-files.js';
import { fingerprint } from '../../tests/workspace/fingerprint.js';
import { writeFiles } from '../../tests/workspace/write-files.js';

/** The argument that makes the script the inner one, which may mount. */
export const MOUNTED = 'in-a-mount-namespace';

/** Starts this script again where it may mount and nobody sees what it mounts. Returns false, and says why, where the system does not let it. */
export function runWithMounts(): boolean {
  const inside = (command: readonly string[]): ReturnType<typeof spawnSync> => spawnSync('unshare', ['--user', '--map-root-user', '--mount', ...command], { stdio: 'inherit' });
  const [node, script = ''] = process.argv;
  if (spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()], { stdio: 'ignore' }).status !== 0) {
    process.stdout.write('real mounts: this system lets nobody mount in a namespace of his own; not run\n');
    return true;
  }
  return inside([node ?? 'node', '--enable-source-maps', script, MOUNTED]).status === 0;
}

interface Place {
  readonly folder: string;
  readonly workspace: string;
  readonly stateDir: string;
}

const PAGE = 4096;

/** Runs the edit of 20 files on file systems that are full, read-only, or not one. */
export function checkMounts(): void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-mounts-')));
  const place: Place = { folder, workspace: join(folder, 'ws'), stateDir: join(folder, 'state') };
  const { before, after, renames } = mixedEdit(13);
  // One file goes from one file system to the other.
  const edit: Edit = { before: { ...before, 'src/there': 'over\n' }, after: { ...after, here: 'over\n' }, renames: [...renames, { from: 'src/there', to: 'here' }] };
  const counts = new Map<string, number>();
  const note = (what: string, verdict: string): void => void counts.set(`${what}: ${verdict}`, (counts.get(`${what}: ${verdict}`) ?? 0) + 1);
  try {
    const states = [shape(place, edit.before), shape(place, edit.after)] as const;
    const attempt = (mounts: readonly Mount[], more: Trial = {}): string => verdictOf(place, edit, states, mounts, more);
    for (const full of ['workspace', 'stateDir'] as const) {
      for (let pages = 0, made = 0; made < 3 && pages < 128; pages += 1) {
        const verdict = attempt([[place[full], 'full']], { pages, full: place[full] });
        if (verdict === 'after') made += 1;
        note(`ENOSPC, ${full} with each number of free pages`, verdict);
      }
    }
    for (const [what, target] of [['a folder of the workspace', 'ws/src'], ['the workspace', 'ws'], ['the state directory', 'state']] as const) {
      note(`EROFS, ${what} read-only`, attempt([[join(folder, target), 'read-only']]));
    }
    const other: readonly Mount[] = [[join(place.workspace, 'src'), 'other']];
    const whole = new FaultyFiles(null, { kind: 'kill' });
    note('EXDEV, a folder on another file system', attempt(other, { disk: whole }));
    for (const at of whole.writes) note('EXDEV, killed at a write', attempt(other, { disk: new FaultyFiles(at, { kind: 'kill' }) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [what, times] of [...counts].sort()) process.stdout.write(`${what}: ${String(times)}\n`);
  process.exitCode = [...counts.keys()].some((what) => what.includes('torn')) ? 1 : 0;
}

interface Edit {
  readonly before: Files;
  readonly after: Files;
  readonly renames: readonly { from: string; to: string }[];
}

type Mount = readonly [path: string, kind: 'full' | 'read-only' | 'other'];

interface Trial {
  readonly disk?: FaultyFiles;
  /** So many pages are left free below `full`. */
  readonly pages?: number;
  readonly full?: string;
}

function shape({ folder, workspace, stateDir }: Place, files: Files): string {
  clear({ folder, workspace, stateDir });
  writeFiles(workspace, files);
  return JSON.stringify(fingerprint(workspace));
}

/** Makes the edit once and returns what became of it: `before` with the system's code, `after`, or `torn`. */
function verdictOf(place: Place, edit: Edit, [before, after]: readonly [string, string], mounts: readonly Mount[], { disk = new FaultyFiles(null, { kind: 'kill' }), pages, full = '' }: Trial): string {
  const { workspace, stateDir } = place;
  clear(place);
  const mounted: string[] = [];
  try {
    for (const [path] of mounts.filter(([, kind]) => kind !== 'read-only')) {
      mkdirSync(path, { recursive: true });
      mount(mounted, path, '-t', 'tmpfs', '-o', `size=${String(128 * PAGE)}`, 'none');
    }
    writeFiles(workspace, edit.before);
    for (const [path] of mounts.filter(([, kind]) => kind === 'read-only')) {
      mount(mounted, path, '--bind', path);
      execFileSync('mount', ['-o', 'remount,bind,ro', path]);
    }
    const filler = join(full, '.filler');
    if (pages !== undefined) fill(full, filler, pages);
    const errno = run(place, edit, disk);
    if (pages !== undefined) rmSync(filler, { force: true });
    if (new JournalStore(nodeFiles(), stateDir).readOpen() !== null) recover(new Jail(nodeFiles(), workspace), new JournalStore(nodeFiles(), stateDir));
    const now = JSON.stringify(fingerprint(workspace));
    if (now === before) return `before (${errno})`;
    return now === after ? `after${errno === '' ? '' : ` (${errno})`}` : `torn: ${now.slice(0, 300)}`;
  } finally {
    // A killed run may have left a file open.
    for (const path of mounted.reverse()) execFileSync('umount', ['--lazy', path]);
  }
}

function mount(mounted: string[], path: string, ...how: string[]): void {
  execFileSync('mount', [...how, path]);
  mounted.push(path);
}

/** Returns the system's code, or what else was thrown, in a word; empty when the edit was made. */
function run({ workspace, stateDir }: Place, { before, after, renames }: Edit, disk: FaultyFiles): string {
  const images = (files: Files): Map<string, ReturnType<typeof imageOf>> => new Map(Object.entries(files).map(([path, spec]) => [path, imageOf(spec)]));
  try {
    runTransaction(new Jail(disk.port, workspace), new JournalStore(disk.port, stateDir), { plan: planBetween(images(before), images(after), renames), cmd: 'check' });
    return '';
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${(error.details as { errno?: string } | undefined)?.errno ?? ''}`.trim();
    return 'killed';
  } finally {
    disk.close();
  }
}

/** Leaves so many pages free. */
function fill(path: string, filler: string, pages: number): void {
  const { bavail } = statfsSync(path);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail - pages) * PAGE));
}

function clear({ folder, workspace, stateDir }: Place): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(workspace);
  mkdirSync(stateDir);
}
