import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands.js';
import { canonicalJson, type Json } from '../../src/base/canonical-json.js';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay } from './assay.js';
import { sandboxedAssay } from './sandbox.js';

const PYTHON = 'import json\n\n\ndef f(x: int) -> str:\n    """Doc."""\n    return json.dumps(x)\n\n\nclass A:\n    def m(self) -> str:\n        return f("")\n';
const FILES = {
  'a.py': PYTHON,
  'b.ts': 'export interface I { run(): number }\nexport class C implements I {\n  run(): number { return 1; }\n}\nexport const c: string = new C().run();\n',
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true, "types": []}}\n',
};
const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -6,1 +6,1 @@\n-    return json.dumps(x)\n+    return json.dumps(x, nothing)\n';
const NEW_FILE = '--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n';
const at = { selector: 'py://a#f' };

/** For every command that answers requests: requests that reach its doors to the world. A new command needs some, too. */
const SAMPLES: Readonly<Record<string, readonly Record<string, Json>[]>> = {
  actions: [at, { selector: 'b.ts@L4:C14' }],
  apply: [{ patch: PATCH }, { patch: PATCH, '3way': true }, { patch: NEW_FILE, apply: true }, { patch: 'no patch' }],
  calls: [{ ...at, in: true }, { selector: 'py://a#A.m', out: true }],
  completion: [{ selector: 'a.py@L11:C17' }],
  decl: [at],
  def: [at, { selector: 'a.py@L6:C17' }, { selector: 'py://a#nope' }, { selector: 'a.py@L4:C5?v=git:HEAD~1' }, { selector: '%' }],
  diag: [{}, { paths: ['a.py'] }, { paths: ['none'] }],
  doctor: [{}],
  fix: [{ ...at, kind: 'source.organizeImports' }, { selector: 'b.ts@L1:C1', kind: 'source.organizeImports', apply: true, allowDirty: true }],
  highlights: [at],
  hover: [at, { selector: 'sym://b.ts#c' }],
  init: [{}],
  impl: [{ selector: 'sym://b.ts#I' }, at],
  locate: [at, { selector: 'sym://b.ts#C.run:body' }],
  prepareRename: [at, { selector: 'a.py@L4:C1' }],
  recover: [{}],
  refs: [at, { selector: 'sym://b.ts#C', declaration: false }],
  rename: [{ ...at, newName: 'g' }, { selector: 'py://a#A.m', newName: 'n', overrides: true, apply: true, allowDirty: true }, { ...at, newName: 'not a name' }],
  reward: [{}, { patch: PATCH, problem: 'f in a.py fails' }, { base: 'HEAD~1', head: 'HEAD' }, { patch: PATCH }, { patch: 'no patch' }, { base: 'nowhere' }],
  servers: [{}],
  signature: [{ selector: 'a.py@L11:C18' }],
  symbols: [{ path: 'a.py' }, { query: 'run' }],
  trajectory: [{ run: `${JSON.stringify({ patch: PATCH })}\n` }, { run: `${JSON.stringify({ patch: PATCH })}\n`, problem: 'f in a.py fails' }, { run: 'no run' }],
  typedef: [{ selector: 'sym://b.ts#c' }, at],
  types: [{ selector: 'sym://b.ts#C', super: true }],
  undo: [{}, {}],
};

/** Commands that answer nothing of their own: with the reason why no request can be sampled. */
const WITHOUT_SAMPLE: Readonly<Record<string, string>> = {
  batch: 'it hands every line to another command, as this test does',
  calibrate: 'it answers nothing about a workspace',
  'daemon:start': 'it answers nothing about a workspace',
  'daemon:status': 'it answers nothing about a workspace',
  'daemon:stop': 'it answers nothing about a workspace',
  rank: 'it prices lines with reward',
  'schema:export': 'it answers nothing about a workspace',
  'schema:validate': 'it reads documents',
  'schema:validate-batch': 'it reads documents',
  score: 'it prices lines with reward',
  'trace:list': 'it reads a trace',
  'trace:redact': 'it reads a trace',
  'trace:replay': 'it reads a trace',
  'trace:show': 'it reads a trace',
};

test('every command is sampled here, or says why it cannot be', () => {
  const names = new Map<unknown, string>();
  for (const [name, command] of Object.entries(COMMANDS)) if ((names.get(command)?.length ?? Infinity) > name.length || name in SAMPLES) names.set(command, name);
  expect([...names.values()].sort(), 'a new command needs requests in SAMPLES, so that its traces are known to replay').toEqual([...Object.keys(SAMPLES), ...Object.keys(WITHOUT_SAMPLE)].sort());
});

test('what every command records is answered again byte for byte, with no process, no workspace and no state', async () => {
  const repository = new TemporaryRepository(FILES);
  repository.commit({ 'a.py': `# moved\n${PYTHON}` });
  repository.write({ 'b.ts': `${FILES['b.ts']}export const d: string = 2;\n` });
  const trace = join(temporaryFolder(), 'trace.jsonl');
  const requests = Object.entries(SAMPLES).flatMap(([cmd, samples]) => samples.map((args) => ({ cmd, args })));
  const input = requests.map((request, id) => JSON.stringify({ id, ...request })).join('\n');
  const recorded = await assay(['batch', '--trace-file', trace], { cwd: repository.top, input });
  expect(recorded.code).toBe(0);
  const bundles = recorded.stdout.trimEnd().split('\n').map((line) => canonicalJson((JSON.parse(line) as { bundle: Json }).bundle));
  expect(bundles).toHaveLength(requests.length);
  const failed = bundles.map((line) => (JSON.parse(line) as { error?: { code: string } }).error?.code ?? 'ok');
  expect(new Set(failed), 'requests that reach no server prove nothing').toEqual(new Set(['ok', 'E/NOT_FOUND', 'E/BAD_SELECTOR_SYNTAX', 'E/BAD_ARGUMENT', 'E/UNSUPPORTED_CAP']));

  // Requests about a moved file must not be answered from what is there by chance.
  rmSync(repository.top, { recursive: true });
  const replayed = await sandboxedAssay(['trace', 'replay', trace, '--json'], [trace]);
  expect(replayed.stderr).toBe('');
  expect([replayed.code, replayed.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, bundles.at(-1)]);
  expect(replayed.stdout.trimEnd().split('\n')).toEqual(bundles);
}, 240_000);
