import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Desk } from '../../src/operations/desk.js';
import { TraceSink } from '../../src/trace/trace-sink.js';
import { fingerprint, temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';

test('whatever a batch line names as its workspace, the other lines are answered', async () => {
  const { top } = new TemporaryRepository({ 'a.py': 'x = 1\n', 'sub/b.py': 'y = 1\n' });
  const outside = temporaryFolder();
  execFileSync('mkfifo', [join(outside, 'pipe')]);
  symlinkSync('loop', join(outside, 'loop'));
  const desk = new Desk({ workspace: top, env: process.env, indexUnit: 'codepoint' });
  const answer = async (workspace: unknown): Promise<string> => (await desk.answer({ cmd: 'locate', args: { selector: 'a.py@L1:C1', workspace: workspace as string } })).error?.code ?? 'ok';
  const before = fingerprint(top, { times: true });
  for (const [workspace, code] of [
    [join(top, 'none'), 'E/NOT_FOUND'], [join(top, 'a.py'), 'E/NOT_FOUND'], ['\0', 'E/NOT_FOUND'], [`${top}\0/sub`, 'E/NOT_FOUND'], [7, 'E/BAD_ARGUMENT'], [null, 'E/BAD_ARGUMENT'], [{}, 'E/BAD_ARGUMENT'],
    [join(outside, 'pipe'), 'E/NOT_FOUND'], [join(outside, 'loop'), 'E/FS_PERMISSIONS'], ['x'.repeat(5000), 'E/FS_PERMISSIONS'], ['~', 'E/NOT_FOUND'], ['$HOME', 'E/NOT_FOUND'], [`file://${top}`, 'E/NOT_FOUND'],
    [join(top, 'sub'), 'E/NOT_FOUND'], [top, 'ok'],
  ] as const) expect([workspace, await answer(workspace)]).toEqual([workspace, code]);
  expect(fingerprint(top, { times: true })).toEqual(before);
  await desk.close();
});

test('a trace takes the place of no other file, and lies in no Git directory', () => {
  const { top } = new TemporaryRepository({ 'a.py': 'x = 1\n', empty: '' });
  symlinkSync('.git', join(top, 'way'));
  const before = fingerprint(top, { times: true });
  for (const name of ['a.py', '.git/config', '.git/new', '.git/hooks/new', 'way/new', '.GIT', 'none/new', '.', '/dev/full/x', 'x\0y']) {
    expect(() => TraceSink.open(join(top, name), name)).toThrow(expect.objectContaining({ code: 'E/FS_PERMISSIONS' }) as Error);
  }
  expect(fingerprint(top, { times: true })).toEqual(before);
  for (const name of ['empty', 'new']) {
    const sink = TraceSink.open(join(top, name), name);
    sink.append('{"check":"…"}');
    sink.close();
    TraceSink.open(join(top, name), name).close();
  }
});
