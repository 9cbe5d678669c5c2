import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { TemporaryRepository, fingerprint } from '../workspace/temporary-repository.js';
import { assayBundle, startAssay } from './assay.js';

const FILES = {
  'a.py': 'def f(x: int) -> int:\n    return x\n',
  'b.py': 'from a import f\n\nf(1)\n',
  'c.ts': 'export const n: number = 1;\n',
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true}}\n',
};

// The moments cover start-up, the servers' start, both measurements and the clean-up; at which each falls differs from run to run.
test.skipIf(process.platform !== 'linux').each([30, 120, 250, 400, 600, 900, 1300, 2000])('a reward killed after %i ms leaves no process and no change', async (moment) => {
  const repository = new TemporaryRepository(FILES);
  repository.commit({ 'a.py': 'def f(x: str) -> str:\n    return x\n', 'c.ts': 'export const n: string = "";\n' });
  const before = fingerprint(repository.top, { times: true });
  const marked = new MarkedProcesses();
  const child = startAssay(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top, env: marked.env });
  await delay(moment);
  child.kill('SIGKILL');
  expect(await marked.leftAfter(20_000)).toEqual([]);
  expect(fingerprint(repository.top, { times: true })).toEqual(before);
});

test('the worktree of a killed run is removed by the next one', async () => {
  const repository = new TemporaryRepository(FILES);
  repository.commit({ 'a.py': 'def f(x: str) -> str:\n    return x\n' });
  const marked = new MarkedProcesses();
  const child = startAssay(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top, env: marked.env });
  await marked.reached(2, 20_000);
  child.kill('SIGKILL');
  await marked.leftAfter(20_000);
  const bundle = await assayBundle(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
  expect(bundle.processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'b.py' }]);
  expect(fingerprint(process.env['XDG_STATE_HOME'] ?? '', {})).not.toHaveProperty(Object.keys(FILES)[0] ?? '');
});
