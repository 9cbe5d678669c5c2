import { appendFileSync, chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test, type TestContext } from 'vitest';
import { Surroundings } from '../../src/operations/surroundings.js';
import { DiskWatch } from '../../src/workspace/disk-watch.js';
import { takeSnapshot, type Snapshot } from '../../src/workspace/snapshot.js';
import { findWorkspace, type Workspace } from '../../src/workspace/workspace-root.js';
import { randomEdit, seededRandom } from './random-edits.js';
import { temporaryFolder, TemporaryRepository, writeFiles } from './temporary-repository.js';

const FILES = { '.gitignore': 'build/\n.venv\nnode_modules/\n', 'a.py': 'a = 1\n', 'src/c.py': 'c = 1\n', 'src/deep/d.py': 'd = 1\n', 'lib/f.py': 'f = 1\n' };
const IGNORED = { 'build/g.py': 'g = 1\n', 'node_modules/pkg/index.d.ts': 'export {};\n', 'node_modules/pkg/deep/index.d.ts': 'export {};\n' };

/** Looks until a look is proven to be still right; skips the test where the kernel hears nothing. */
async function proven<T extends object>(watch: { readonly watch: DiskWatch; trouble: string | null }, look: () => Promise<T>, { skip }: TestContext): Promise<T> {
  for (let tries = 0; tries < 300; tries += 1) {
    const outcome = await look();
    if (await watch.watch.isQuietSince(outcome)) return outcome;
    if (process.platform !== 'linux' || watch.trouble !== null) skip(watch.trouble ?? process.platform);
    await setTimeout(50);
  }
  throw new Error('nothing was proven within 15 s');
}

function newWatch(): { readonly watch: DiskWatch; trouble: string | null } {
  const made = { watch: new DiskWatch((reason) => { made.trouble = reason; }), trouble: null as string | null };
  return made;
}

async function workspaceOf(repository: TemporaryRepository): Promise<Workspace> {
  repository.write(IGNORED);
  return findWorkspace(repository.top);
}

test.for<[string, (top: string) => void]>([
  ['written', (top) => appendFileSync(join(top, 'a.py'), '#\n')],
  ['created', (top) => appendFileSync(join(top, 'src/new.py'), '#\n')],
  ['deleted', (top) => unlinkSync(join(top, 'src/c.py'))],
  ['renamed', (top) => renameSync(join(top, 'src/c.py'), join(top, 'src/e.py'))],
  ['made executable', (top) => chmodSync(join(top, 'a.py'), 0o755)],
  ['touched back in time', (top) => utimesSync(join(top, 'a.py'), 1, 1)],
  ['written under another name', (top) => { linkSync(join(top, 'a.py'), `${top}.hard`); appendFileSync(`${top}.hard`, '#\n'); unlinkSync(`${top}.hard`); }],
  ['in a folder that is moved away', (top) => renameSync(join(top, 'src'), `${top}.moved`)],
  ['in a folder that is made anew', (top) => { rmSync(join(top, 'src'), { recursive: true }); mkdirSync(join(top, 'src/deep'), { recursive: true }); }],
  ['in a folder that becomes a symlink', (top) => { rmSync(join(top, 'lib'), { recursive: true }); symlinkSync('src', join(top, 'lib')); }],
  ['in a workspace that is replaced', (top) => { renameSync(top, `${top}.old`); mkdirSync(top); }],
  ['ignored by a setting', (top) => appendFileSync(join(top, '.git/info/exclude'), 'src/\n')],
])('what is %s is no secret', async ([, change], context) => {
  const repository = new TemporaryRepository(FILES);
  const workspace = await workspaceOf(repository);
  const watch = newWatch();
  let known: Snapshot | undefined;
  const look = async (): Promise<Snapshot> => (known = await takeSnapshot(workspace, known, watch.watch));
  const before = await proven(watch, look, context);
  expect(await look()).toBe(before);
  change(repository.top);
  const isSeen = await look().then((now) => now !== before, () => true);
  await watch.watch.close();
  rmSync(`${repository.top}.old`, { recursive: true, force: true });
  rmSync(`${repository.top}.moved`, { recursive: true, force: true });
  expect(isSeen).toBe(true);
});

test.for([1, 2])('a look that is spared never hides a change, whatever happens between two looks: seed %i', { timeout: 60_000 }, async (seed, context) => {
  const repository = new TemporaryRepository(FILES);
  const workspace = await workspaceOf(repository);
  const random = seededRandom(seed);
  const watch = newWatch();
  let known: Snapshot | undefined;
  const look = async (): Promise<Snapshot> => (known = await takeSnapshot(workspace, known, watch.watch));
  await proven(watch, look, context);
  const done: string[] = [];
  let spared = 0;
  for (let round = 0; round < 40; round += 1) {
    for (let edits = Math.floor(random() * 3); edits > 0; edits -= 1) done.push(randomEdit(random, repository.top, (...args) => repository.git(...args)));
    const before = known;
    if ((await look()) === before) spared += 1;
    const fresh = await takeSnapshot(workspace);
    expect({ after: done.slice(-5), files: [...(known?.files.keys() ?? [])], digest: known?.digest }).toEqual({ after: done.slice(-5), files: [...fresh.files.keys()], digest: fresh.digest });
    if (random() < 0.2) await setTimeout(20);
    if (random() < 0.1) await proven(watch, look, context);
  }
  await watch.watch.close();
  expect(spared).toBeGreaterThan(0);
});

test.for<[string, boolean, (top: string) => void]>([
  ['nothing', true, () => undefined],
  ['a tracked file', true, (top) => appendFileSync(join(top, 'a.py'), '#\n')],
  ['an ignored file', false, (top) => appendFileSync(join(top, 'build/g.py'), '#\n')],
  ['a package that is installed', false, (top) => { mkdirSync(join(top, 'node_modules/new')); appendFileSync(join(top, 'node_modules/new/index.d.ts'), ''); }],
  ['a file of a package', false, (top) => appendFileSync(join(top, 'node_modules/pkg/deep/index.d.ts'), '//\n')],
  ['a link to another environment', false, (top) => { unlinkSync(join(top, '.venv')); symlinkSync('../environments/b', join(top, '.venv')); }],
  ['what such a link leads to, one that is moved away', false, (top) => renameSync(join(top, '../environments/a'), join(top, '../environments/c'))],
  ['settings that come in a folder above', false, (top) => appendFileSync(join(top, '../tsconfig.json'), '{}')],
  ['settings in a folder above', false, (top) => appendFileSync(join(top, '../package.json'), ' ')],
])('a look beside the files that is spared tells of %s: still the same is %s', async ([, isSame, change], context) => {
  const above = new TemporaryRepository();
  const top = join(above.top, 'workspace');
  mkdirSync(top);
  const repository = Object.assign(new TemporaryRepository(), { top });
  repository.git('init', '-q');
  repository.commit(FILES);
  repository.write({ ...IGNORED, '../environments/a/x.py': '', '../environments/b/x.py': '', '../package.json': '{}' });
  symlinkSync('../environments/a', join(top, '.venv'));
  const workspace = await findWorkspace(top);
  const watch = newWatch();
  const surroundings = new Surroundings(workspace, {}, watch.watch);
  const look = async (): Promise<object> => {
    await surroundings.isSame(takeSnapshot(workspace));
    return (surroundings as unknown as { readonly known: object }).known;
  };
  const before = await proven(watch, look, context);
  // Long enough for the folders above to be known as they are.
  await setTimeout(150);
  expect(await look()).toBe(before);
  change(top);
  const now = await surroundings.isSame(takeSnapshot(workspace));
  await watch.watch.close();
  expect(now).toBe(isSame);
});

test('where Python looks for imports is looked at from the moment at which it is known, also when a look is under way', async () => {
  const packages = temporaryFolder();
  writeFiles(packages, { 'pkg/a.py': '' });
  const repository = new TemporaryRepository({ 'a.py': '' });
  const watch = newWatch();
  const surroundings = new Surroundings(await workspaceOf(repository), {}, watch.watch);
  await surroundings.isSame(null);
  const look = surroundings.isSame(null);
  await surroundings.watch([packages], Infinity);
  expect(await look).toBe(true);
  expect(await surroundings.isSame(null)).toBe(true);
  writeFiles(packages, { 'pkg/b.py': '' });
  expect(await surroundings.isSame(null)).toBe(false);
  await watch.watch.close();
});

test('a look that ends while another is spared spares it no longer', async (context) => {
  const workspace = await workspaceOf(new TemporaryRepository(FILES));
  const watch = newWatch();
  let known: Snapshot | undefined;
  const outcome = await proven(watch, async () => (known = await takeSnapshot(workspace, known, watch.watch)), context);
  const endLook = await watch.watch.beginLook();
  const isQuiet = watch.watch.isQuietSince(outcome);
  endLook({}, new Map([[workspace.root, 0]]), []);
  expect(await isQuiet).toBe(false);
  await watch.watch.close();
});
