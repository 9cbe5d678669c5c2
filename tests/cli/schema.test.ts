import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchemaText, SCHEMA_NAMES } from '../../src/operations/published-schemas.js';
import { TemporaryRepository, temporaryFolder } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const SEL = 'py://a#f';

test('schema export prints one, all, or writes files', async () => {
  const cwd = temporaryFolder();
  expect((await assay(['schema', 'export', 'bundle'], { cwd })).stdout).toBe(jsonSchemaText('bundle'));
  expect(Object.keys(JSON.parse((await assay(['schema', 'export', '--json'], { cwd })).stdout) as object).sort()).toEqual([...SCHEMA_NAMES].sort());
  expect((await assay(['schema', 'export', '--out', 'there'], { cwd })).code).toBe(0);
  expect(readFileSync(join(cwd, 'there', 'trace-line.schema.json'), 'utf8')).toBe(jsonSchemaText('trace-line'));
  expect(await assay(['schema', 'export', 'nothing'], { cwd })).toMatchObject({ code: 2, stdout: '' });
});

test('what assay prints and records is valid; what was changed is not, with its place, and exit code 1', async () => {
  const { top } = new TemporaryRepository({ 'a.py': 'def f() -> int:\n    return 1\n' });
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'docs', 'deep'), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(cwd, 'docs', name), text);
  const trace = join(cwd, 'docs', 'trace.jsonl');
  const line = (await assay(['locate', SEL, '--json', '--trace-file', trace], { cwd: top })).stdout;
  const input = `{"id": 1, "cmd": "locate", "args": {"selector": "${SEL}"}}\n{"id": 2, "cmd": "nothing", "args": {}}\n`;
  write('bundle.json', JSON.stringify(JSON.parse(line), null, 2));
  write('requests.jsonl', input);
  write('deep/answers.jsonl', (await assay(['batch'], { cwd: top, input })).stdout);
  write('assay.json', '{"servers": {}}');
  write('patches.ndjson', '{"id": 7, "patch": ""}\n');
  const good = await assay(['schema', 'validate-batch', 'docs'], { cwd });
  expect([good.code, good.stderr]).toEqual([0, '']);
  const frames = readFileSync(trace, 'utf8').trimEnd().split('\n').length;
  expect(good.stdout).toBe(`6 files, ${String(frames + 7)} documents: ${String(frames + 7)} valid, 0 invalid (batch-answer 2, batch-request 2, bundle 1, configuration 1, score-request 1, trace-line ${String(frames)})\n`);

  write('bundle.json', line.replace('"alphaConf":1', '"alphaConf":0.5'));
  write('deep/answers.jsonl', '{"id": 1, "bundle": {"version": "assay/1"}}\nno json\n');
  write('other.json', '{"what": "ever"}');
  write('trace.jsonl', readFileSync(trace, 'utf8').split('\n').filter((_line, number) => number !== 2).join('\n'));
  const bad = await assay(['schema', 'validate-batch', 'docs'], { cwd });
  expect(bad.code).toBe(1);
  expect(bad.stdout).toMatch(/^bundle\.json:1 bundle bundleId: the content hashes to sha256:/m);
  expect(bad.stdout).toMatch(/^deep\/answers\.jsonl:1 batch-answer bundle/m);
  expect(bad.stdout).toMatch(/^deep\/answers\.jsonl:2 unknown: is no JSON$/m);
  expect(bad.stdout).toMatch(/^other\.json:1 unknown: claims to be none/m);
  expect(bad.stdout).toMatch(/^trace\.jsonl:3 trace-line: lines of its session are missing/m);
  expect(bad.stdout).toMatch(/^7 files, \d+ documents: \d+ valid, 5 invalid \(/m);
  const bundle = await assayBundle(['schema', 'validate-batch', 'docs', '--schema', 'bundle'], { cwd });
  expect(bundle.facts.validation?.schemas).toMatchObject({ bundle: expect.any(Number) as number });
  expect(await assay(['schema', 'validate', '-'], { cwd, input: line })).toMatchObject({ code: 0, stdout: '1 file, 1 document: 1 valid, 0 invalid (bundle 1)\n' });
  expect(await assay(['schema', 'validate', '-', '--schema', 'rank-record'], { cwd, input: line })).toMatchObject({ code: 1 });
  expect((await assay(['schema', 'validate', 'none.json'], { cwd })).code).toBe(3);
  expect((await assay(['schema', 'validate-batch', 'docs/bundle.json'], { cwd })).code).toBe(2);
});
