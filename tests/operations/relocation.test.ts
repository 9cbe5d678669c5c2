import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import type { Engine } from '../../src/operations/engine.js';
import { stateDirFor } from '../../src/workspace/state-dir.js';
import { TemporaryRepository, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const SHAPES = 'import math\n\n\nclass Circle:\n    def __init__(self, radius: float) -> None:\n        self.radius = radius\n\n    def area(self) -> float:\n        squared = self.radius ** 2\n        return math.pi * squared\n\n\ndef describe(circle: Circle) -> str:\n    label = f"circle of {circle.radius}"\n    return label.upper()\n';

async function locate(engine: Engine, selector: string): Promise<Bundle> {
  return bundleSchema.parse(await engine.run({ cmd: 'locate', args: { selector } }));
}

/** Asserts that the selector stands for `text` in `path`, and that each candidate's own selector leads to that candidate. */
async function expectAt(engine: Engine, selector: string, path: string, line: number, text: string): Promise<Bundle> {
  const bundle = await locate(engine, selector);
  expect(bundle.error).toBeUndefined();
  const resolved = bundle.resolution?.resolved;
  expect([resolved?.uri, resolved?.range[0]]).toEqual([path, line]);
  expect(engine.textOf(path)?.split('\n')[line]?.slice(resolved?.range[1])).toMatch(new RegExp(`^${text}`));
  await expectCandidatesToResolve(engine, bundle);
  return bundle;
}

async function expectCandidatesToResolve(engine: Engine, bundle: Bundle): Promise<void> {
  for (const { uri, range, selector, evidence } of bundle.resolution?.candidates ?? []) {
    expect((await locate(engine, selector)).resolution?.resolved).toMatchObject({ uri, range });
    for (const sentence of evidence) expect(sentence).toMatch(/^[A-Z\w/].*\.$/);
  }
}

describe('a position pinned to a commit', () => {
  test('is followed through commits, a rename of its file, an edit that is not committed and a move to another file', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': SHAPES, 'other.py': 'x = 1\n' });
    const commit = repository.git('rev-parse', 'HEAD').trim();
    const onStatement = `shapes.py@L9:C9?v=git:${commit}`;
    const onName = `shapes.py@L8:C9?v=git:${commit}`;
    const engine = await openEngine(repository.top);
    expect((await expectAt(engine, onStatement, 'shapes.py', 8, 'squared =')).resolution).toMatchObject({ alphaConf: expect.any(Number) as number, candidates: [{ how: 'exact', score: 1 }] });

    repository.commit({ 'shapes.py': `"""Shapes."""\n\n${SHAPES.replace('math\n', 'math\nimport sys\n')}` });
    const mapped = await expectAt(engine, onStatement, 'shapes.py', 11, 'squared =');
    expect(mapped.resolution?.candidates[0]).toMatchObject({ how: 'mapped', features: { token: 1, module: 1 } });
    expect(mapped.resolution?.weights).toEqual({ ast: 0.5, module: 0.2, token: 0.2, proximity: 0.1 });
    expect(mapped.resolution?.alphaConf).toBeGreaterThan(0.95);

    repository.git('mv', 'shapes.py', 'geometry.py');
    repository.commit();
    await expectAt(engine, onStatement, 'geometry.py', 11, 'squared =');

    repository.write({ 'geometry.py': SHAPES.replace('class Circle', '# Round.\n\nclass Circle').replace('squared = self', 'squared: float = self') });
    await expectAt(engine, onStatement, 'geometry.py', 10, 'squared: float');
    expect((await expectAt(engine, onName, 'geometry.py', 9, 'area')).resolution?.resolved?.symbolId).toBe('py:method:Circle.area');

    repository.write({ 'geometry.py': 'from other import Circle\n', 'other.py': `x = 1\n\n\n${SHAPES.slice(SHAPES.indexOf('class'), SHAPES.indexOf('def describe'))}` });
    const moved = await expectAt(engine, onName, 'other.py', 7, 'area');
    expect(moved.resolution?.candidates[0]?.evidence).toContain('It was in shapes.py and is in other.py now.');
  });

  test('is found again in a workspace below the top of the repository', async () => {
    const repository = new TemporaryRepository({ 'lib/a.py': SHAPES, 'top.py': '' });
    const engine = await openEngine(join(repository.top, 'lib'));
    repository.git('mv', 'lib/a.py', 'lib/b.py');
    await expectAt(engine, 'a.py@L9:C9?v=git:HEAD', 'b.py', 8, 'squared');
  });

  test('whose entity was deleted is E/NOT_FOUND, and so are a revision that there is not and a file that it has not', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': SHAPES });
    repository.write({ 'shapes.py': SHAPES.slice(0, SHAPES.indexOf('def describe')) });
    const engine = await openEngine(repository.top);
    for (const selector of ['shapes.py@L13:C5?v=git:HEAD', 'shapes.py@L14:C5?v=git:HEAD', 'py://shapes#describe?v=git:HEAD', 'shapes.py@L1:C1?v=git:nowhere', 'gone.py@L1:C1?v=git:HEAD', 'shapes.py@L999:C1?v=git:HEAD']) {
      const { error, resolution } = await locate(engine, selector);
      expect([selector, error?.code]).toEqual([selector, 'E/NOT_FOUND']);
      expect(error?.hint).not.toBe('');
      expect(resolution?.resolved ?? null).toBeNull();
    }
  });

  test('that has become two equal ones is E/AMBIGUOUS, and each candidate resolves', async () => {
    const repository = new TemporaryRepository({ 'a.py': SHAPES, 'b.py': '', 'c.py': '' });
    const body = SHAPES.slice(SHAPES.indexOf('class'), SHAPES.indexOf('def describe'));
    repository.write({ 'a.py': 'pass\n', 'b.py': body, 'c.py': body });
    const engine = await openEngine(repository.top);
    const bundle = await locate(engine, 'py://a#Circle.area?v=git:HEAD');
    expect(bundle.error?.code).toBe('E/AMBIGUOUS');
    expect(bundle.resolution?.candidates.map(({ uri }) => uri)).toEqual(['b.py', 'c.py']);
    expect(bundle.resolution?.alphaConf).toBeLessThan(0.6);
    await expectCandidatesToResolve(engine, bundle);
  });
});

describe('a position pinned to a content', () => {
  async function storedSelector(engine: Engine, selector: string): Promise<string> {
    const stored = (await locate(engine, selector)).resolution?.candidates[0]?.selector ?? '';
    expect(stored).toMatch(/v=sha256:[0-9a-f]{64}$/);
    return stored;
  }

  test('that was never committed is followed by another process, into another file too', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': 'pass\n', 'other.py': 'x = 1\n' });
    repository.write({ 'shapes.py': SHAPES });
    const first = await openEngine(repository.top);
    const onStatement = await storedSelector(first, 'shapes.py@L9:C9');
    const onName = `shapes.py@L8:C9?v=${onStatement.split('v=')[1] ?? ''}`;
    await first.close();

    repository.write({ 'shapes.py': `# New.\n\n${SHAPES}`.replace('math.pi *', 'math.tau / 2 *') });
    const second = await openEngine(repository.top);
    await expectAt(second, onStatement, 'shapes.py', 10, 'squared');
    repository.write({ 'shapes.py': null, 'renamed.py': `# New.\n\n${SHAPES}` });
    await expectAt(second, onStatement, 'renamed.py', 10, 'squared');
    repository.write({ 'renamed.py': null, 'moved.py': SHAPES });
    await expectAt(second, onStatement, 'moved.py', 8, 'squared');
    repository.write({ 'moved.py': null, 'shapes.py': 'pass\n', 'other.py': `x = 1\n\n\n${SHAPES.slice(SHAPES.indexOf('class'), SHAPES.indexOf('def describe'))}` });
    await expectAt(second, onName, 'other.py', 7, 'area');
  });

  test('that Git has had at its path needs no store', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': SHAPES });
    const engine = await openEngine(repository.top);
    const selector = await storedSelector(engine, 'shapes.py@L9:C9');
    await engine.close();
    rmSync(stateDirFor(repository.top), { recursive: true });
    repository.commit({ 'shapes.py': `\n${SHAPES}` });
    repository.commit({ 'shapes.py': `\n\n${SHAPES}` });
    await expectAt(await openEngine(repository.top), selector, 'shapes.py', 10, 'squared');
  });

  test('that nobody knows leaves a name to the present, and says so; a count among namesakes means nothing then', async () => {
    const engine = await openEngine(new TemporaryRepository({ 'shapes.py': SHAPES }).top);
    const unknown = `v=sha256:${'0'.repeat(64)}`;
    const bundle = await expectAt(engine, `py://shapes#describe?${unknown}`, 'shapes.py', 12, 'describe');
    expect(bundle.resolution?.candidates[0]).toMatchObject({ how: 'structural', evidence: [expect.stringContaining('only the present was looked at'), 'shapes.py declares describe here.'] });
    for (const selector of [`py://shapes#describe?overload=0&${unknown}`, `ast://[file=shapes.py]/[def=describe][0]?${unknown}`]) expect((await locate(engine, selector)).error?.code).toBe('E/NOT_FOUND');
  });

  test('works without Git', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'shapes.py': SHAPES });
    const engine = await openEngine(folder);
    const selector = await storedSelector(engine, 'shapes.py@L9:C9');
    writeFiles(folder, { 'shapes.py': `\n${SHAPES}` });
    await expectAt(engine, selector, 'shapes.py', 9, 'squared');
    writeFiles(folder, { 'shapes.py': null, 'moved.py': SHAPES });
    await expectAt(engine, selector, 'moved.py', 8, 'squared');
    expect((await locate(engine, 'shapes.py@L1:C1?v=git:HEAD')).error?.code).toBe('E/NOT_FOUND');
  });

  test('is E/NOT_FOUND when nothing knows the content, and when the store holds something else under its digest', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': 'pass\n' });
    repository.write({ 'shapes.py': SHAPES });
    const engine = await openEngine(repository.top);
    const selector = await storedSelector(engine, 'shapes.py@L9:C9');
    await engine.close();
    const file = onlyFileOfStore(stateDirFor(repository.top));
    const sound = readFileSync(file);
    repository.write({ 'shapes.py': `\n${SHAPES}` });
    for (const damage of [sound.subarray(0, sound.length - 1), Buffer.alloc(0), Buffer.from('not ours'), Buffer.concat([sound.subarray(0, 64), Buffer.from('x'), sound.subarray(65)])]) {
      writeFileSync(file, damage);
      const { error } = await locate(await openEngine(repository.top), selector);
      expect([error?.code, error?.hint]).toEqual(['E/NOT_FOUND', expect.stringContaining('snapshot store')]);
    }
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, sound);
    await expectAt(await openEngine(repository.top), selector, 'shapes.py', 9, 'squared');
  });

  test('is answered about all the same where nothing can be kept, and that is said only to who asks', async () => {
    const repository = new TemporaryRepository({ 'shapes.py': 'pass\n' });
    repository.write({ 'shapes.py': SHAPES });
    const stateDir = stateDirFor(repository.top);
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, 'contents'), '');
    const log: string[] = [];
    const engine = await openEngine(repository.top, { onLog: (line) => log.push(line) });
    const selector = await storedSelector(engine, 'shapes.py@L9:C9');
    await engine.close();
    expect(log).toEqual([expect.stringContaining('versions of files cannot be kept')]);
    repository.write({ 'shapes.py': `\n${SHAPES}` });
    expect((await locate(await openEngine(repository.top), selector)).error).toMatchObject({ code: 'E/NOT_FOUND', hint: expect.stringContaining('v=git:') as string });
  });
});

test('one of several declarations of a name is followed, though its count has changed', async () => {
  const twice = 'if X:\n    def f(a): return a + 1\nelse:\n    def f(b): return b - 1\n';
  const repository = new TemporaryRepository({ 'a.py': twice });
  const engine = await openEngine(repository.top);
  const [, second] = (await locate(engine, 'py://a#f')).resolution?.candidates ?? [];
  expect(second?.selector).toMatch(/^py:\/\/a#f\?overload=1&v=sha256:/);
  await engine.close();
  repository.write({ 'a.py': `if Y:\n    def f(c): return c * c\n${twice}` });
  await expectAt(await openEngine(repository.top), second?.selector ?? '', 'a.py', 5, 'f\\(b\\)');
});

test('every selector of an answer leads to the same code after edits in every file that it names', async () => {
  const use = 'from shapes import Circle, describe\n\n\ndef show(radius: float) -> str:\n    circle = Circle(radius)\n    size = circle.area()\n    return f"{describe(circle)} {size + circle.area()}"\n';
  const repository = new TemporaryRepository({ 'shapes.py': 'pass\n', 'use.py': 'pass\n' });
  repository.write({ 'shapes.py': SHAPES, 'use.py': use });
  const engine = await openEngine(repository.top);
  const { facts } = await engine.run({ cmd: 'refs', args: { selector: 'py://shapes#Circle.area' } });
  const found = [...(facts.references ?? [])];
  expect(found.map(({ uri, range, symbolId }) => [uri, range[0], symbolId])).toEqual([['shapes.py', 7, 'py:method:Circle.area'], ['use.py', 5, undefined], ['use.py', 6, undefined]]);
  await engine.close();
  repository.write({ 'shapes.py': `"""Shapes."""\n${SHAPES.replace('** 2', '* self.radius')}`, 'use.py': null, 'app.py': use.replace('def show', 'LIMIT = 3\n\n\ndef show').replace('circle = Circle(radius)', 'circle = Circle(radius + 1)') });
  const after = await openEngine(repository.top);
  const landed = await Promise.all(found.map(async ({ selector }) => (await locate(after, selector)).resolution?.resolved));
  expect(landed.map((place) => [place?.uri, place?.range])).toEqual([['shapes.py', [8, 8, 8, 12]], ['app.py', [8, 18, 8, 22]], ['app.py', [9, 47, 9, 51]]]);
});

test('a column inside a character is E/INDEXING_UNSUPPORTED and names the nearest one', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'x = "😀"; y = x\n' });
  const engine = await openEngine(repository.top);
  for (const selector of ['a.py@L1:C7?enc=utf-16', 'a.py@L1:C7?enc=utf-16&v=git:HEAD']) {
    expect((await locate(engine, selector)).error).toMatchObject({ code: 'E/INDEXING_UNSUPPORTED', details: { nearest: 6 } });
  }
});

test('a path that leaves the workspace is refused, whatever version it is pinned to', async () => {
  const repository = new TemporaryRepository({ 'sub/a.py': 'x = 1\n', 'b.py': 'x = 1\n' });
  const engine = await openEngine(join(repository.top, 'sub'));
  for (const selector of ['../b.py@L1:C1?v=git:HEAD', '.git/config@L1:C1?v=git:HEAD', 'sym://../b.py#x?v=git:HEAD', 'anchor://../b.py#"x"']) {
    expect([selector, (await locate(engine, selector)).error?.code]).toEqual([selector, 'E/FS_PERMISSIONS']);
  }
});

function onlyFileOfStore(stateDir: string): string {
  const folder = join(stateDir, 'contents');
  const [shard = ''] = readdirSync(folder).filter((name) => name.length === 2);
  const [name = ''] = readdirSync(join(folder, shard));
  chmodSync(join(folder, shard, name), 0o600);
  return join(folder, shard, name);
}
