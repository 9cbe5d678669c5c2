import { renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isSameState, OutsideFiles, type OutsideState } from '../../src/workspace/outside-files.js';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { TemporaryRepository } from './temporary-repository.js';

const FILES = {
  '.gitignore': '.venv\nenvironments/\nnode_modules/\ngenerated.py\n*.log\n',
  'a.py': '',
  'environments/a/site-packages/one.py': 'x = 1\n',
  'environments/b/site-packages/one.py': 'x = 2\n',
  'node_modules/pkg/index.d.ts': 'export {};\n',
  'generated.py': 'x = 1\n',
  'run.log': '',
};

test.each<[string, boolean, (repository: TemporaryRepository) => void]>([
  ['nothing', true, () => undefined],
  ['a tracked file', true, (repository) => repository.write({ 'a.py': 'x\n' })],
  ['an ignored file that nobody reads as code', true, (repository) => repository.write({ 'run.log': 'x\n' })],
  ['an ignored file', false, (repository) => repository.write({ 'generated.py': 'x = 2\n' })],
  ['a link to another environment', false, ({ top }) => (unlinkSync(join(top, '.venv')), symlinkSync('environments/b', join(top, '.venv')))],
  ['a package that is overwritten', false, (repository) => repository.write({ 'node_modules/pkg/index.d.ts': 'export const y: 1;\n' })],
  ['a package that is installed', false, (repository) => repository.write({ 'node_modules/new/index.d.ts': '' })],
  ['a package that is renamed', false, ({ top }) => renameSync(join(top, 'node_modules/pkg'), join(top, 'node_modules/gkp'))],
  ['an environment that is removed', false, ({ top }) => rmSync(join(top, 'environments/a'), { recursive: true })],
])('the state of what servers read beside the snapshot after %s is the same: %s', async (_what, isSame, change) => {
  const repository = new TemporaryRepository({ '.gitignore': FILES['.gitignore'], 'a.py': '' });
  repository.write(FILES);
  symlinkSync('environments/a', join(repository.top, '.venv'));
  const files = new OutsideFiles(await findWorkspace(repository.top));
  const state = async (): Promise<OutsideState> => files.stateOf(await files.paths([]));
  const before = await state();
  change(repository);
  expect(isSameState(before, await state())).toBe(isSame);
});

test('a look in turns sees what one in one go sees', async () => {
  const repository = new TemporaryRepository({ '.gitignore': 'many/\n', 'a.py': '' });
  repository.write(Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`many/p${String(index)}/x.py`, ''])));
  const files = new OutsideFiles(await findWorkspace(repository.top));
  const paths = await files.paths([]);
  const [inTurns, atOnce] = [await files.stateInTurns(paths), files.stateOf(paths)];
  expect(inTurns.folders.size).toBe(121);
  expect(isSameState(inTurns, atOnce)).toBe(true);
});

test('a link to a folder above is looked at, and not behind', async () => {
  const repository = new TemporaryRepository({ '.gitignore': 'links/\n', 'a.py': '' });
  repository.write({ 'links/x.py': '' });
  for (const [name, target] of Object.entries({ root: '/', above: dirname(repository.top), itself: repository.top })) symlinkSync(target, join(repository.top, 'links', name));
  const files = new OutsideFiles(await findWorkspace(repository.top));
  const look = async (): Promise<OutsideState> => files.stateOf(await files.paths([]));
  const before = await look();
  expect([...before.folders.keys()]).toEqual([join(repository.top, 'links')]);
  unlinkSync(join(repository.top, 'links/root'));
  expect(isSameState(before, await look())).toBe(false);
});
