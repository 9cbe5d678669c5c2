import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countLines, ResumableOutput } from '../../src/workspace/line-files.js';
import { temporaryFolder } from './temporary-repository.js';

test('blank lines are no lines, and the last one needs no line end', async () => {
  const path = join(temporaryFolder(), 'in');
  writeFileSync(path, 'a\n\n \r\n b\r\nc');
  expect((await countLines(path)).lines).toBe(3);
});

test('a run that was cut short in the middle of a line goes on after the last complete one', async () => {
  const path = join(temporaryFolder(), 'out');
  const first = await ResumableOutput.open(path, 'job');
  await first.write('one');
  await first.write('two');
  writeFileSync(path, `${readFileSync(path, 'utf8')}thr`);
  const second = await ResumableOutput.open(path, 'job');
  expect(second.kept).toBe(2);
  await second.write('three');
  await second.finish();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
  expect(existsSync(`${path}.job`)).toBe(false);
});

test('nothing is written over: neither a file of another run nor one that is finished', async () => {
  const path = join(temporaryFolder(), 'out');
  await (await ResumableOutput.open(path, 'job')).write('one');
  await expect(ResumableOutput.open(path, 'other')).rejects.toMatchObject({ code: 'E/BAD_ARGUMENT' });
  await (await ResumableOutput.open(path, 'job')).finish();
  await expect(ResumableOutput.open(path, 'job')).rejects.toMatchObject({ code: 'E/BAD_ARGUMENT' });
  expect(readFileSync(path, 'utf8')).toBe('one\n');
});
