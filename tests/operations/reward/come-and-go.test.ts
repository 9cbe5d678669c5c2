import { expect, test } from 'vitest';
import type { Bundle } from '../../../src/bundles/schema/bundle.js';
import { TemporaryRepository } from '../../workspace/temporary-repository.js';
import { openEngine } from '../open-engine.js';

const FILES = {
  'pyrightconfig.json': '{ "exclude": ["left_out"] }\n',
  'used.py': 'def used() -> int:\n    return 1\n',
  'user.py': 'from used import used\n\nn: int = used()\n',
  // It waits for a module that is not there yet.
  'waiting.py': 'from later import later\n\nn: int = later()\n',
  'left_out/__init__.py': '',
  'src/inner.py': 'x: int = 1\n',
  'taker.py': 'from inner import x\n\ny: str = x\n',
};

const STEPS = {
  'a change': change('used.py', 'def used() -> int:', 'def used() -> str:'),
  'a new file that others import': created('later.py', 'def later() -> str:\n    return ""\n'),
  'a new file that the settings leave out': created('left_out/late.py', 'def late() -> str:\n    return ""\n'),
  'a file that goes': `--- a/used.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-def used() -> int:\n-    return 1\n`,
  'a file that moves': 'diff --git a/used.py b/moved.py\nsimilarity index 100%\nrename from used.py\nrename to moved.py\n',
  'a package in the place of nothing': created('later/__init__.py', 'def later() -> int:\n    return 1\n'),
  'a stub beside its module': created('used.pyi', 'def used() -> bytes: ...\n'),
  'a new file in the source folder': created('src/later.py', 'def later() -> bytes:\n    return b""\n'),
  'a stub in the folder for stubs': created('typings/later.pyi', 'def later() -> bytes: ...\n'),
  'a source folder that becomes a package': created('src/__init__.py', ''),
  'other settings': created('sub/pyrightconfig.json', '{}\n'),
};
/** Those for which a server has to look at its settings, or for what it finds at its start. */
const ANEW = ['a stub in the folder for stubs', 'a source folder that becomes a package', 'other settings'];

test('a step that brings files or takes them away is answered as by a fresh server, and by the one that runs', { timeout: 240_000 }, async () => {
  const repository = new TemporaryRepository(FILES);
  const reward = async (engine: Awaited<ReturnType<typeof openEngine>>, patch: string): Promise<Bundle> => engine.run({ cmd: 'reward', args: { patch, model: false } });
  const warm = await openEngine(repository.top);
  await reward(warm, STEPS['a change']);
  for (const [name, patch] of Object.entries(STEPS)) {
    const [fresh, first, again] = [await reward(await openEngine(repository.top), patch), await reward(warm, patch), await reward(warm, patch)];
    expect(first.processReward, name).toEqual(fresh.processReward);
    expect(again.processReward, name).toEqual(fresh.processReward);
    expect([first.bundleId, again.bundleId], name).toEqual([fresh.bundleId, fresh.bundleId]);
    if (!ANEW.includes(name) && name !== 'a change') expect(again.meta.cache, name).toBe('warm');
  }
  const found = async (patch: string): Promise<unknown> => {
    const { diagnostics } = (await reward(warm, patch)).processReward ?? {};
    return { introduced: diagnostics?.introduced.map(({ uri, code }) => [uri, code]), fixed: diagnostics?.fixed.map(({ uri, code }) => [uri, code]) };
  };
  expect(await found(STEPS['a file that goes'])).toEqual({ introduced: [['user.py', 'reportMissingImports']], fixed: [] });
  expect(await found(STEPS['a new file that others import'])).toEqual({ introduced: [['waiting.py', 'reportAssignmentType']], fixed: [['waiting.py', 'reportMissingImports']] });
});

function created(path: string, text: string): string {
  const lines = text.split('\n').slice(0, -1);
  const hunk = lines.length === 0 ? '' : `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${String(lines.length)} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
  return `diff --git a/${path} b/${path}\nnew file mode 100644\n${hunk}`;
}

function change(path: string, from: string, to: string): string {
  return `--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,1 @@\n-${from}\n+${to}\n`;
}
