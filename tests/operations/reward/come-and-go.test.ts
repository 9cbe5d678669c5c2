import { expect, test } from 'vitest';
import type { Bundle } from '../../../src/bundles/schema/bundle.js';
import type { Engine } from '../../../src/operations/engine.js';
import { TemporaryRepository } from '../../workspace/temporary-repository.js';
import { openEngine } from '../open-engine.js';

const FILES = {
  'pyrightconfig.json': '{ "exclude": ["left_out"] }\n',
  'used.py': 'def used() -> int:\n    return 1\n',
  'user.py': 'from used import used\n\nn: int = used()\n',
  // It waits for modules that are not there yet.
  'waiting.py': 'from later import later\nfrom left_out.late import late\n\nn: int = later()\nm: int = late()\n',
  'left_out/__init__.py': '',
  'src/inner.py': 'x: int = 1\n',
  'taker.py': 'from inner import x\n\ny: str = x\n',
};

type Patch = string | Readonly<Record<string, string>>;

const STEPS = {
  'a change': { 'used.py': 'def used() -> str:\n    return 1\n' },
  'a new file that others import': { 'later.py': 'def later() -> str:\n    return ""\n' },
  'a new file that the settings leave out': { 'left_out/late.py': 'def late() -> str:\n    return ""\n' },
  'a file that goes': `--- a/used.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-def used() -> int:\n-    return 1\n`,
  'a file that moves': 'diff --git a/used.py b/moved.py\nsimilarity index 100%\nrename from used.py\nrename to moved.py\n',
  'a package in the place of nothing': { 'later/__init__.py': 'def later() -> int:\n    return 1\n' },
  'a stub beside its module': { 'used.pyi': 'def used() -> bytes: ...\n' },
  'a new file in the source folder': { 'src/later.py': 'def later() -> bytes:\n    return b""\n' },
  'a stub in the folder for stubs': { 'typings/later.pyi': 'def later() -> bytes: ...\n' },
  'a source folder that becomes a package': { 'src/__init__.py': '' },
  'data beside code': { 'data.json': '{}\n', 'more/data.toml': 'x = 1\n', 'reader.py': 'x: int = ""\n' },
  'what describes the project': { 'pyproject.toml': '[project]\nname = "p"\n' },
  'settings of another folder': { 'sub/pyrightconfig.json': '{}\n' },
  'other rules': { 'pyrightconfig.json': '{ "exclude": ["left_out"], "typeCheckingMode": "strict" }\n' },
};
/** Those for which a server has to look at its settings, or for what it finds at its start. */
const ANEW = ['a stub in the folder for stubs', 'a source folder that becomes a package', 'other rules'];

test('a step that brings files or takes them away is answered as by a fresh server, and by the one that runs', { timeout: 240_000 }, async () => {
  const repository = new TemporaryRepository(FILES);
  const reward = async (engine: Engine, step: Patch): Promise<Bundle> =>
    engine.run({ cmd: 'reward', args: { patch: typeof step === 'string' ? step : repository.patchOf(step), model: false } });
  const warm = await openEngine(repository.top);
  await reward(warm, STEPS['a change']);
  for (const [name, patch] of Object.entries(STEPS)) {
    const [fresh, first, again] = [await reward(await openEngine(repository.top), patch), await reward(warm, patch), await reward(warm, patch)];
    expect(first.processReward, name).toEqual(fresh.processReward);
    expect(again.processReward, name).toEqual(fresh.processReward);
    expect([first.bundleId, again.bundleId], name).toEqual([fresh.bundleId, fresh.bundleId]);
    if (!ANEW.includes(name) && name !== 'a change') expect(again.meta.cache, name).toBe('warm');
  }
  const found = async (patch: Patch): Promise<unknown> => {
    const { diagnostics } = (await reward(warm, patch)).processReward ?? {};
    return { introduced: diagnostics?.introduced.map(({ uri, code }) => [uri, code]), fixed: diagnostics?.fixed.map(({ uri, code }) => [uri, code]) };
  };
  expect(await found(STEPS['a file that goes'])).toEqual({ introduced: [['user.py', 'reportMissingImports']], fixed: [] });
  expect(await found(STEPS['a new file that others import'])).toEqual({ introduced: [['waiting.py', 'reportAssignmentType']], fixed: [['waiting.py', 'reportMissingImports']] });
});
