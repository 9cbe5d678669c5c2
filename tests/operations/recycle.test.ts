import { expect, test } from 'vitest';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = { 'a.py': 'def f(x: int) -> str:\n    return str(x)\n', 'b.py': 'from a import f\n\nf(1)\n' };
const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-def f(x: int) -> str:\n+def f(x: str) -> str:\n     return str(x)\n';
const REWARD = { cmd: 'reward', args: { patch: PATCH, model: false } };

test.skipIf(process.platform !== 'linux')('a server for rewards that holds too much memory is replaced between two steps, which pay the same', async () => {
  const engine = await openEngine(new TemporaryRepository(FILES).top);
  const first = await engine.run(REWARD);
  const serversForRewards = () => engine.servers().filter(({ purpose }) => purpose === 'rewards');
  expect(serversForRewards()).toHaveLength(1);
  await engine.recycle(2 ** 40);
  expect(serversForRewards()).toHaveLength(1);
  await engine.recycle(1);
  expect(serversForRewards()).toEqual([]);
  const second = await engine.run(REWARD);
  expect([second.bundleId, second.processReward?.diagnostics?.introduced.length]).toEqual([first.bundleId, 1]);
});
