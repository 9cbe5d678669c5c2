import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import { Engine } from '../../src/operations/engine.js';
import { Memo } from '../../src/operations/memo.js';
import { renderBundle } from '../../src/render/render-bundle.js';
import { stateDirFor } from '../../src/workspace/state-dir.js';
import { sampleQuestions, type SampledQuestion } from '../../src/operations/doctor/sample-questions.js';
import { Workbench } from '../../src/operations/workbench.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const B = 'def g(x):\n    moody = x\n    wrong = x\n    wrong = moody\n';
const DOCTOR = { cmd: 'doctor', args: { determinism: true, questions: 12 } };
const DIAG = { cmd: 'diag', args: {} };

function moody(mood: string) {
  return { servers: [fixtureServer('moody-server.mjs', [mood])] };
}

/** HEAD~1 has b.py alone; HEAD touches it and brings a.py, after which the server finds one more thing in b.py. */
function repository(): TemporaryRepository {
  const made = new TemporaryRepository({ 'b.py': B });
  made.commit({ 'a.py': 'def f(x):\n    return x\n', 'b.py': `${B}    return x\n` });
  return made;
}

function checkOf(bundle: Bundle): unknown {
  return bundle.facts.checks?.find(({ check }) => check === 'determinism');
}

describe('doctor --determinism', () => {
  test.each([
    ['between servers', 'chance', 'hover'],
    ['when asked again', 'again', 'hover'],
    ['with the order', 'order', 'diag'],
  ])('names what differs %s', async (differs, mood, cmd) => {
    const engine = await openEngine(repository().top, moody(mood));
    const bundle = bundleSchema.parse(await engine.run(DOCTOR));
    expect(bundle.facts.unstable?.length).toBeGreaterThan(0);
    for (const fact of bundle.facts.unstable ?? []) expect(fact).toMatchObject({ cmd, server: { name: 'fixture', version: '0' } });
    // One that counts what it was asked differs between fresh servers, too, when they are asked in another order.
    expect(bundle.facts.unstable?.map((fact) => fact.differs)).toContain(mood === 'again' ? 'with the order' : differs);
    expect(checkOf(bundle)).toMatchObject({ status: 'warning', says: expect.stringContaining(`${String(bundle.facts.unstable?.length)} unstable fact`) as unknown });
    expect(bundle.request.args).toEqual({ determinism: true, questions: 12, seed: 1 });
  });

  test.each([
    ['none', /: all the same$/],
    ['ties', /: all the same$/],
    ['wording', /all the same; \d+ diagnostics differ in their wording alone/],
  ])('finds nothing in what bundles put right or leave out: %s', async (mood, says) => {
    const engine = await openEngine(repository().top, moody(mood));
    const bundle = await engine.run(DOCTOR);
    expect(bundle.facts.unstable).toEqual([]);
    expect(checkOf(bundle)).toMatchObject({ status: 'ok', says: expect.stringMatching(says) as unknown });
    expect((await engine.run(DIAG)).facts.unstable).toBeUndefined();
  });

  test('asks the same questions for the same seed, others for another, and of every kind', async () => {
    const bench = await Workbench.open({ workspace: repository().top, env: process.env, indexUnit: 'codepoint' });
    try {
      const snapshot = await bench.refresh();
      const asked = (seed: number): Promise<SampledQuestion[]> => sampleQuestions(bench.sources, snapshot, [...snapshot.files.keys()], { count: 6, seed });
      expect(await asked(3)).toEqual(await asked(3));
      expect(await asked(4)).not.toEqual(await asked(3));
      expect(new Set((await asked(3)).map(({ cmd }) => cmd))).toEqual(new Set(['def', 'refs', 'hover', 'diag']));
    } finally {
      await bench.close();
    }
  });

  test('refuses a sample without it', async () => {
    const engine = await openEngine(repository().top, moody('none'));
    expect((await engine.run({ cmd: 'doctor', args: { seed: 2 } })).error).toMatchObject({ code: 'E/BAD_ARGUMENT' });
  });

  test('is a problem of its own when the server fails, and records nothing', async () => {
    const engine = await openEngine(repository().top, { servers: [fixtureServer('faulty-server.mjs', ['hover', 'refuse'])] });
    const bundle = await engine.run(DOCTOR);
    expect(checkOf(bundle)).toMatchObject({ status: 'problem', says: expect.stringContaining('E/LS_CRASH') as unknown });
    expect(bundle.facts.unstable).toEqual([]);
  });
});

describe('what was found unstable', () => {
  test('is marked in later answers, by line where the file was edited, and nothing else is', async () => {
    const made = repository();
    const memo = new Memo();
    const engine = await Engine.open({ workspace: made.top, env: process.env, indexUnit: 'codepoint', ...moody('order') }, memo);
    try {
      const marked = async (): Promise<unknown> => (await engine.run(DIAG)).facts.diagnostics?.map(({ code, unstable }) => [code, unstable ?? false]);
      expect(await marked()).toEqual([['moody', false], ['wrong', false], ['wrong', false], ['moody', false]]);
      await engine.run(DOCTOR);
      const answer = bundleSchema.parse(await engine.run(DIAG));
      expect(answer.facts.unstable).toMatchObject([{ cmd: 'diag', uri: 'b.py', diagnostic: { code: 'moody', lineText: 'moody = x', count: 1 } }, { diagnostic: { lineText: 'wrong = moody' } }]);
      expect(renderBundle(answer, { color: false, unit: 'codepoint', readText: () => B })).toContain('b.py:2:5 error moody [moody] (unstable)\n');
      made.write({ 'b.py': `# above\n${B}    moody = wrong\n` });
      expect(await marked()).toEqual([['moody', true], ['wrong', false], ['wrong', false], ['moody', true], ['moody', false], ['wrong', false]]);
    } finally {
      await engine.close();
    }
  });

  test('is marked where a place is asked about, in this version of the file', async () => {
    const made = repository();
    const engine = await openEngine(made.top, moody('chance'));
    const { facts } = await engine.run(DOCTOR);
    const found = facts.unstable?.find(({ cmd }) => cmd === 'hover');
    const hover = { cmd: 'hover', args: { selector: found?.selector.replace(/[?&]v=.*/, '') ?? '' } };
    expect((await engine.run(hover)).facts.unstable).toEqual([found]);
    made.write({ [found?.uri ?? '']: `${B}# more\n` });
    expect((await engine.run(hover)).facts.unstable).toBeUndefined();
  });

  test('is set aside by rewards, and says so', async () => {
    const engine = await openEngine(repository().top, moody('order'));
    const reward = { cmd: 'reward', args: { base: 'HEAD~1', head: 'HEAD', model: false } };
    const before = await engine.run(reward);
    expect(before.processReward?.neutralDiagnostics?.introduced.map(({ code }) => code)).toEqual(['moody', 'moody']);
    expect(before.processReward?.r).toBeLessThan(0);
    await engine.run(DOCTOR);
    const after = bundleSchema.parse(await engine.run(reward));
    expect(after.processReward).toMatchObject({ r: 0, neutralDiagnostics: { introduced: [] }, diagnostics: { introduced: [] }, unstable: { before: [], after: [{ code: 'moody' }, { code: 'moody' }], danglingReferences: [] } });
    expect(after.bundleId).not.toBe(before.bundleId);
    expect(renderBundle(after, { color: false, unit: 'codepoint', readText: () => undefined })).toContain('set aside as unstable: 0 diagnostics before the step, 2 after it\n');
  });

  test('counts nothing for a server of another version, and cannot be ignored by breaking the record', async () => {
    const { top } = repository();
    const engine = await openEngine(top, moody('order'));
    await engine.run(DOCTOR);
    expect((await engine.run(DIAG)).facts.unstable).toHaveLength(2);
    const [same] = moody('order').servers;
    const other = fixtureServer('moody-server.mjs', ['order'], { locate: (context) => { const launch = same?.locate(context) ?? null; return launch && { ...launch, version: () => Promise.resolve('1') }; } });
    expect((await (await openEngine(top, { servers: [other] })).run(DIAG)).facts.unstable).toBeUndefined();
    for (const content of ['{', '{"version":1}']) {
      writeFileSync(join(stateDirFor(top), 'unstable.json'), content);
      expect((await engine.run(DIAG)).error).toMatchObject({ code: 'E/FS_PERMISSIONS', message: 'the record of unstable facts cannot be understood' });
    }
    expect((await engine.run({ ...DOCTOR, args: { determinism: true, questions: 2 } })).status).toBe('ok');
    expect((await engine.run(DIAG)).status).toBe('ok');
  });
});

test('where nothing is proven, what differs in untouched files only because they were asked about in another order is no change', async () => {
  const made = new TemporaryRepository({ 'a.py': 'def f(x):\n    return x\n', 'b.py': B, 'c.py': 'x = 1\n' });
  const engine = await openEngine(made.top, moody('order'));
  const price = async (files: Record<string, string>, args: Record<string, unknown>) => (await engine.run({ cmd: 'reward', args: { patch: made.patchOf(files), model: false, ...args } })).processReward;
  // What the base says of b.py is known from a step that concerns no other file.
  expect((await price({ 'b.py': `${B}    return x\n` }, { tier: 'touched' }))?.diagnostics).toMatchObject({ introduced: [], fixed: [] });
  const unproven = await price({ 'c.py': 'x = 1\nwhile x:\n    x = 2\n' }, { tier: 'exact' });
  expect(unproven?.coverage).toMatchObject({ measured: ['a.py', 'b.py', 'c.py'], proved: [] });
  expect(unproven?.diagnostics).toMatchObject({ introduced: [], fixed: [] });
});

test('of a language without a grammar nothing is proven', async () => {
  const made = new TemporaryRepository({ 'a.moo': 'import b\nwrong\n', 'b.moo': 'import a\nwrong\n' });
  const engine = await openEngine(made.top, { servers: [fixtureServer('moody-server.mjs', ['none'], { languageIds: { '.moo': 'moo' } })] });
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch: made.patchOf({ 'a.moo': 'import b\nright\n' }), model: false, tier: 'exact' } });
  expect(processReward?.coverage).toMatchObject({ measured: ['a.moo', 'b.moo'], proved: [] });
});
