import { expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import { chosenAction, namedActions, type NamedAction } from '../../src/operations/code-actions.js';
import { Failure } from '../../src/base/failure.js';
import type { ServerAction } from '../../src/lsp/code-actions.js';
import type { Engine } from '../../src/operations/engine.js';
import { fingerprint, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const TYPESCRIPT = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
  'src/a.ts': 'import { used } from "./b.js";\nimport { zed } from "./b.js";\ninterface I { m(): void }\nexport class C implements I { }\nexport const q = used(1);\n',
  'src/b.ts': 'export const zed = 1;\nexport function used(n: number): number { return n; }\n',
};
const CLASSIC = { ...TYPESCRIPT, 'package.json': '{"devDependencies": {"typescript": "^5.0.0"}}\n' };
const PYTHON = { 'a.py': 'import sys\nimport os, json\n\nprint(sys, os, json)\n', 'b.py': 'import yaml\n' };

async function run(engine: Engine, cmd: string, args: Record<string, unknown>): Promise<Bundle> {
  return bundleSchema.parse(await engine.run({ cmd, args: args as never }));
}

function action(title: string, more: Partial<ServerAction> = {}): ServerAction {
  return { title, kind: 'quickfix', isPreferred: false, disabledReason: null, isCommandOnly: false, wire: { title }, ...more };
}

test('an action is named by kind and title, and chosen only when it is certain', () => {
  const actions = namedActions([action('A'), action('B', { isPreferred: true }), action('B', { kind: 'refactor' }), action('A'), action('D', { disabledReason: 'no' })]);
  expect(new Set(actions.map(({ id }) => id)).size).toBe(5);
  expect(actions[3]?.id).toBe(`${actions[0]?.id ?? ''}~1`);
  expect(namedActions([action('A')])[0]?.id).toBe(actions[0]?.id);
  const choose = (wanted: string | null, from: readonly NamedAction[] = actions): unknown => {
    const chosen = chosenAction(from, { action: wanted, kind: 'quickfix' });
    return chosen instanceof Failure ? chosen.code : chosen.id;
  };
  expect(choose('A')).toBe('E/AMBIGUOUS');
  expect(choose('B')).toBe('E/AMBIGUOUS');
  expect(choose(actions[3]?.id ?? '')).toBe(actions[3]?.id);
  expect(choose('D')).toBe('E/UNSUPPORTED_CAP');
  expect(choose('E')).toBe('E/NOT_FOUND');
  expect(choose(null)).toBe(actions[1]?.id);
  expect(choose(null, actions.slice(2))).toBe('E/AMBIGUOUS');
});

test.each([['typescript', TYPESCRIPT], ['typescript-language-server', CLASSIC]])('%s: a quick fix and the imports, listed and previewed', async (server, files) => {
  const repository = new TemporaryRepository(files);
  const before = fingerprint(repository.top);
  const engine = await openEngine(repository.top);
  const listed = await run(engine, 'actions', { selector: 'sym://src/a.ts#C', kind: 'quickfix' });
  expect(listed).toMatchObject({ request: { cmd: 'actions', args: { kind: 'quickfix' } }, environment: { servers: [{ name: server }] } });
  const implement = listed.facts.actions?.find(({ title }) => title === "Implement interface 'I'");
  expect(implement).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{8}$/) as string, kind: 'quickfix', commandOnly: false });
  const fixed = await run(engine, 'fix', { selector: 'sym://src/a.ts#C', action: implement?.id });
  expect(fixed).toMatchObject({ status: 'ok', facts: { actions: [{ title: "Implement interface 'I'" }] }, edits: { safety: { verdict: 'safe' }, files: [{ path: 'src/a.ts' }], delta: { introduced: [], fixed: [{ code: 2420 }] } } });
  expect(fixed.edits?.diff).toContain('+    m(): void {');
  const organized = await run(engine, 'fix', { selector: 'sym://src/a.ts#', kind: 'source.organizeImports' });
  if (server === 'typescript') expect(organized.edits?.diff).toContain('-import { zed } from "./b.js";');
  else expect(organized.error?.code ?? organized.edits?.diff).toBeDefined();
  expect(fingerprint(repository.top)).toEqual(before);
});

test('pyright: imports are organized by a command whose edit is caught; one that writes stubs is never run', async () => {
  const repository = new TemporaryRepository(PYTHON);
  const before = fingerprint(repository.top);
  const engine = await openEngine(repository.top);
  expect((await run(engine, 'actions', { selector: 'py://a#' })).facts.actions).toMatchObject([{ title: 'Organize Imports', kind: 'source.organizeImports', commandOnly: false }]);
  const organized = await run(engine, 'fix', { selector: 'py://a#', kind: 'source.organizeImports' });
  const written = await run(engine, 'fix', { selector: 'py://a#', kind: 'source.organizeImports', apply: true, expect: organized.bundleId });
  expect(written.edits?.transaction).toMatch(/^txn-/);
  expect(repository.git('diff', '--stat')).toContain('a.py');
  expect(await run(engine, 'undo', {})).toMatchObject({ status: 'ok' });
  expect(organized).toMatchObject({ status: 'ok', edits: { safety: { verdict: 'safe' }, files: [{ path: 'a.py' }] } });
  expect(organized.edits?.diff).toContain('+import json\n+import os\n');
  expect(await run(engine, 'fix', { selector: 'py://a#', kind: 'quickfix' })).toMatchObject({ error: { code: 'E/NOT_FOUND' }, meta: { exitCode: 3 } });
  expect(await run(engine, 'fix', { selector: 'py://a#' })).toMatchObject({ error: { code: 'E/BAD_ARGUMENT' }, meta: { exitCode: 2 } });
  expect(fingerprint(repository.top)).toEqual(before);
});
