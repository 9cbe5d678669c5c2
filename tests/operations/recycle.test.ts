import { expect, test } from 'vitest';
import type { Engine } from '../../src/operations/engine.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = { 'a.py': 'def f(x: int) -> str:\n    return str(x)\n', 'b.py': 'from a import f\n\nf(1)\n' };
const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-def f(x: int) -> str:\n+def f(x: str) -> str:\n     return str(x)\n';
const REWARD = { cmd: 'reward', args: { patch: PATCH, model: false } };

test.skipIf(process.platform !== 'linux')('a server for rewards that holds too much memory is replaced between two steps, which pay the same', async () => {
  const { top } = new TemporaryRepository(FILES);
  const after = async (engine: Engine): Promise<[number, string, number | undefined]> => {
    const { bundleId, processReward } = await engine.run(REWARD);
    return [engine.servers().filter(({ purpose }) => purpose === 'rewards').length, bundleId, processReward?.diagnostics?.introduced.length];
  };
  const kept = await openEngine(top, { recycleAboveBytes: 2 ** 40 });
  const first = await after(kept);
  expect(first).toEqual([1, expect.any(String), 1]);
  const recycled = await openEngine(top, { recycleAboveBytes: 1 });
  const others = [await after(recycled), await after(recycled)];
  expect(others).toEqual([[0, ...first.slice(1)], [0, ...first.slice(1)]]);
});
