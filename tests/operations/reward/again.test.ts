import { expect, test } from 'vitest';
import { TemporaryRepository } from '../../workspace/temporary-repository.js';
import { openEngine } from '../open-engine.js';

const USERS = Object.fromEntries(Array.from({ length: 12 }, (_, number) => [`user${String(number)}.py`, 'from passing import passed\n\nx = passed\n']));
const FILES = {
  'base.py': 'class Base:\n    def __init__(self, x: int) -> None:\n        self.x = x\n',
  'heir.py': 'from base import Base\n\n\nclass Heir(Base):\n    pass\n',
  // It means another class by the name of the one that changes.
  'passing.py': 'import base\n\n\nclass Base:\n    pass\n\n\ndef passed(it: Base) -> Base:\n    return it\n',
  'making.py': 'from heir import Heir\n\nmade = Heir(1)\n',
  ...USERS,
};
const PATCH = '--- a/base.py\n+++ b/base.py\n@@ -1,3 +1,3 @@\n class Base:\n-    def __init__(self, x: int) -> None:\n+    def __init__(self, x: int, y: int) -> None:\n         self.x = x\n';

test('which files are measured does not depend on what was measured of the base before', { timeout: 60_000 }, async () => {
  const engine = await openEngine(new TemporaryRepository(FILES).top);
  const bundles = [];
  for (let count = 0; count < 3; count += 1) bundles.push(await engine.run({ cmd: 'reward', args: { patch: PATCH, model: false } }));
  const [first] = bundles;
  expect(first?.processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(['making.py']);
  expect(bundles.map(({ processReward }) => processReward?.coverage.measured)).toEqual(bundles.map(() => first?.processReward?.coverage.measured));
  expect(new Set(bundles.map(({ bundleId }) => bundleId)).size).toBe(1);
});
