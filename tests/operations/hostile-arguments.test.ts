import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchRequestSchema, idOf } from '../../src/bundles/schema/lines.js';
import { Desk } from '../../src/operations/desk.js';
import { TraceSink } from '../../src/trace/trace-sink.js';
import { fingerprint, temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

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

test('half a character in a request is refused, or answered as U+FFFD, and never thrown', async () => {
  const { top } = new TemporaryRepository({ 'a.py': 'x = 1\n' });
  const engine = await openEngine(top);
  for (const [cmd, args, code] of [
    ['locate', { selector: '\ud800.py@L1:C1' }, 'E/FS_PERMISSIONS'], ['locate', { selector: 'anchor://a.py#"\udc00"' }, 'E/NOT_FOUND'], ['\ud800', {}, 'E/BAD_ARGUMENT'], ['apply', { patch: '\ud800' }, 'E/BAD_ARGUMENT'], ['locate', { '\ud800': 1 }, 'E/BAD_ARGUMENT'],
  ] as const) {
    const { error, request } = await engine.run({ cmd, args });
    expect([cmd, args, error?.code, JSON.stringify(request).isWellFormed()]).toEqual([cmd, args, code, true]);
  }
  expect([idOf({ id: '\ud800' }), batchRequestSchema.safeParse({ id: '\ud800', cmd: 'locate', args: {} }).success]).toEqual([null, false]);
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
