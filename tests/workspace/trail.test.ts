import { appendFileSync, linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DiskWatch } from '../../src/workspace/disk-watch.js';
import { trailOf } from '../../src/workspace/trail.js';
import { temporaryFolder } from './temporary-repository.js';

/** `bin/python` leads through two links, of which one is a folder's, to `real/3.12/python`. */
function environment(): string {
  const top = realpathSync(temporaryFolder());
  mkdirSync(join(top, 'real/3.12'), { recursive: true });
  mkdirSync(join(top, 'bin'));
  writeFileSync(join(top, 'real/3.12/python'), '#!');
  symlinkSync('3.12', join(top, 'real/current'));
  symlinkSync('../real/current/python', join(top, 'bin/python'));
  return top;
}

test('a trail goes through every symlink, and as far as there is a way', () => {
  const top = environment();
  const inside = (path: string): string[] => trailOf(join(top, path)).steps.filter(({ folder }) => `${folder}/`.startsWith(`${top}/`)).map(({ folder, name }) => join(folder, name).slice(top.length + 1));
  expect(inside('bin/python')).toEqual(['bin', 'bin/python', 'real', 'real/current', 'real/3.12', 'real/3.12/python']);
  expect(trailOf(join(top, 'bin/python')).end?.path).toBe(join(top, 'real/3.12/python'));
  expect(inside('gone/deeper/file')).toEqual(['gone']);
  expect(trailOf(join(top, 'gone/deeper/file')).end).toBeNull();
  symlinkSync('loop', join(top, 'loop'));
  expect(trailOf(join(top, 'loop/x')).end).toBeNull();
});

test.skipIf(process.platform !== 'linux').for<[string, boolean, (top: string) => void]>([
  ['nothing', true, () => undefined],
  ['another file comes where the link lies', true, (top) => writeFileSync(join(top, 'bin/ruby'), '')],
  ['another file comes beside what it leads to', true, (top) => writeFileSync(join(top, 'real/3.12/pip'), '')],
  ['what it leads to is written', false, (top) => appendFileSync(join(top, 'real/3.12/python'), '\n')],
  ['what it leads to is written under another name', false, (top) => { linkSync(join(top, 'real/3.12/python'), join(top, 'other')); appendFileSync(join(top, 'other'), '\n'); }],
  ['what it leads to is replaced', false, (top) => { writeFileSync(join(top, 'new'), ''); renameSync(join(top, 'new'), join(top, 'real/3.12/python')); }],
  ['it is deleted', false, (top) => unlinkSync(join(top, 'bin/python'))],
  ['a link in the middle leads elsewhere', false, (top) => { mkdirSync(join(top, 'real/3.13')); unlinkSync(join(top, 'real/current')); symlinkSync('3.13', join(top, 'real/current')); }],
  ['a folder on the way is moved', false, (top) => renameSync(join(top, 'real'), join(top, 'moved'))],
  ['a folder far above is moved', false, (top) => renameSync(top, `${top}.moved`)],
  ['what was not there comes', false, (top) => mkdirSync(join(top, 'gone'))],
])('a watch of anchors hears of what matters there, when %s: quiet is %s', async ([, isQuiet, change], { skip }) => {
  const top = environment();
  const troubles: string[] = [];
  const watch = new DiskWatch((reason) => { troubles.push(reason); });
  const anchors = [join(top, 'bin/python'), join(top, 'gone/deeper/file')];
  let outcome = {};
  for (let tries = 0; !(await watch.isQuietSince(outcome)); tries += 1) {
    if (troubles.length > 0) skip(troubles[0]);
    if (tries > 300) throw new Error('nothing was proven within 15 s');
    outcome = {};
    const endLook = await watch.beginLook();
    endLook(outcome, new Map(), anchors);
    await setTimeout(50);
  }
  // A file system that tells nothing has to be looked at: then there is nothing to see here.
  if (!anchors.every((anchor) => watch.hearsOf(anchor))) skip('the anchors are not heard of');
  change(top);
  const isStillQuiet = await watch.isQuietSince(outcome);
  await watch.close();
  rmSync(`${top}.moved`, { recursive: true, force: true });
  expect(isStillQuiet).toBe(isQuiet);
});

test.skipIf(process.platform !== 'linux')('what the kernel drops, because it has too much else to tell, is not taken for quiet', async ({ skip }) => {
  const queue = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  if (queue > 100_000) skip('the queue is too long to fill');
  const top = environment();
  const watch = new DiskWatch();
  const anchor = join(top, 'bin/python');
  let outcome = {};
  for (let tries = 0; tries < 300 && !(await watch.isQuietSince(outcome)); tries += 1) {
    outcome = {};
    (await watch.beginLook())(outcome, new Map(), [anchor]);
    await setTimeout(50);
  }
  if (!watch.hearsOf(anchor)) skip('the anchor is not heard of');
  // Equal events in a row are one.
  for (const name of ['a', 'b']) writeFileSync(join(top, 'bin', name), '');
  for (let count = 0; count < queue + 100; count += 1) utimesSync(join(top, 'bin', count % 2 === 0 ? 'a' : 'b'), 1, count);
  unlinkSync(anchor);
  const isStillQuiet = await watch.isQuietSince(outcome);
  await watch.close();
  expect(isStillQuiet).toBe(false);
});

test.skipIf(process.platform !== 'linux')('an anchor that is not heard of has to be looked at, and spares nothing else', async () => {
  const watch = new DiskWatch();
  let outcome = {};
  for (let tries = 0; tries < 300 && !(await watch.isQuietSince(outcome)); tries += 1) {
    outcome = {};
    (await watch.beginLook())(outcome, new Map(), ['/proc/self/stat']);
    await setTimeout(50);
  }
  expect(await watch.isQuietSince(outcome)).toBe(true);
  expect(watch.hearsOf('/proc/self/stat')).toBe(false);
  await watch.close();
});
