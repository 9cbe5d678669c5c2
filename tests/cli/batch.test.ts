import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test, vi } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import { TemporaryRepository, temporaryFolder } from '../workspace/temporary-repository.js';
import { assay, startAssay } from './assay.js';

interface BatchAnswer {
  readonly id: string | number | null;
  readonly bundle: Bundle;
}

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n\n\nf("")\n', 'b.ts': 'export const n: number = 1;\n', 'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true}}\n' };

async function batch(lines: readonly string[], cwd: string, more: readonly string[] = []): Promise<{ code: number; answers: BatchAnswer[] }> {
  const { code, stdout } = await assay(['batch', ...more], { cwd, input: `${lines.join('\n')}\n` });
  return { code, answers: stdout.split('\n').filter((line) => line !== '').map(answerOf) };
}

function answerOf(text: string): BatchAnswer {
  const { id, bundle } = JSON.parse(text) as BatchAnswer;
  return { id, bundle: bundleSchema.parse(bundle) };
}

const line = (id: string | number, cmd: string, args: unknown): string => JSON.stringify({ id, cmd, args });

describe('assay batch', { timeout: 240_000 }, () => {
  test('answers many kinds of requests in their order over one server per language', async () => {
    const { code, answers } = await batch(
      [
        line(1, 'def', { selector: 'a.py@L5:C1' }),
        line('two', 'hover', { selector: 'sym://b.ts#n' }),
        line(3, 'diag', {}),
        line(4, 'refs', { selector: { kind: 'symbolic', scheme: 'py', module: 'a', qualname: ['f'], role: 'def', query: {} } }),
      ],
      new TemporaryRepository(FILES).top,
      ['--concurrency', '1'],
    );
    expect(code).toBe(0);
    expect(answers.map(({ id, bundle }) => [id, bundle.request.cmd, bundle.status])).toEqual([
      [1, 'def', 'ok'],
      ['two', 'hover', 'ok'],
      [3, 'diag', 'ok'],
      [4, 'refs', 'ok'],
    ]);
    expect(answers[2]?.bundle.facts.diagnostics).toMatchObject([{ uri: 'a.py', code: 'reportArgumentType' }]);
    expect(answers[3]?.bundle.facts.references).toHaveLength(2);
    expect(answers[3]?.bundle.meta.cache).toBe('warm');
  });

  test('one bad line never stops the rest; what failed is an answer, what could not be read is exit code 2', async () => {
    const { code, answers } = await batch(
      ['{"id": 7, "cmd": "def"', '', '{"id": 8}', line(9, 'frobnicate', {}), line(10, 'locate', { selector: 'py://a#nope' }), line(11, 'locate', { selector: 'py://a#f', more: 1 }), line(12, 'locate', { selector: 'py://a#f' })],
      new TemporaryRepository(FILES).top,
    );
    expect(code).toBe(2);
    expect(answers.map(({ id, bundle }) => [id, bundle.error?.code ?? 'ok'])).toEqual([
      [null, 'E/BAD_ARGUMENT'],
      [8, 'E/BAD_ARGUMENT'],
      [9, 'E/BAD_ARGUMENT'],
      [10, 'E/NOT_FOUND'],
      [11, 'E/BAD_ARGUMENT'],
      [12, 'ok'],
    ]);
  });

  test('works on several workspaces, and a missing one is an answer', async () => {
    const [one, two] = [new TemporaryRepository(FILES), new TemporaryRepository({ 'c.py': 'x = 1\n' })];
    const { code, answers } = await batch(
      [line(1, 'locate', { selector: 'py://a#f', workspace: one.top }), line(2, 'locate', { selector: 'py://c#x', workspace: two.top }), line(3, 'diag', { workspace: 'no-such-folder' })],
      temporaryFolder(),
    );
    expect(code).toBe(0);
    expect(answers.map(({ bundle }) => bundle.error?.code ?? bundle.resolution?.resolved?.uri)).toEqual(['a.py', 'c.py', 'E/NOT_FOUND']);
  });

  test('keeps the order of the input with many under way, and answers one at a time whoever waits for each answer', async () => {
    const { top } = new TemporaryRepository(FILES);
    const cmds = ['locate', 'refs', 'hover', 'diag', 'def'];
    const input = Array.from({ length: 15 }, (_, number) => line(number, cmds[number % cmds.length] ?? '', cmds[number % cmds.length] === 'diag' ? {} : { selector: 'py://a#f' }));
    const [together, alone] = await Promise.all([batch(input, top, ['--concurrency', '16']), batch(input, top, ['--concurrency', '1'])]);
    expect(together.answers.map(({ id, bundle }) => [id, bundle.bundleId])).toEqual(alone.answers.map(({ id, bundle }) => [id, bundle.bundleId]));
    expect(together.answers.map(({ id }) => id)).toEqual(input.map((_, number) => number));

    const child = startAssay(['batch', '--concurrency', '4'], { cwd: top }, 'pipe');
    const answers = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    for (const id of [1, 2]) {
      child.stdin?.write(`${line(id, 'locate', { selector: 'py://a#f' })}\n`);
      expect(answerOf((await answers.next()).value as string).id).toBe(id);
    }
    child.stdin?.end();
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });

  test('goes on where a run was killed, and only there', async () => {
    const { top } = new TemporaryRepository(FILES);
    const cwd = temporaryFolder();
    const [file, out] = [join(cwd, 'in.jsonl'), join(cwd, 'out.jsonl')];
    const ids = Array.from({ length: 1000 }, (_, id) => id);
    writeFileSync(file, `${ids.map((id) => line(id, 'locate', { selector: 'py://a#f' })).join('\n')}\n`);
    const args = ['batch', file, '--workspace', top, '--out', out];
    const killed = startAssay(args, { cwd });
    await vi.waitUntil(() => existsSync(out) && readFileSync(out).length > 0, { timeout: 50_000, interval: 5 });
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.once('close', resolve));
    const kept = readFileSync(out, 'utf8').split('\n').length - 1;
    expect(kept).toBeLessThan(ids.length);
    appendFileSync(out, '{"torn');
    expect(await assay(args, { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume') as string });
    expect(await assay([...args, '--resume', '--fields', 'facts'], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining('another run') as string });
    expect(await assay([...args, '--resume'], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8').trimEnd().split('\n').map((each) => answerOf(each).id)).toEqual(ids);
    expect(await assay([...args, '--resume'], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') as string });
    expect(await assay(['batch', '--resume'], { cwd })).toMatchObject({ code: 2 });
  });

  test('trims bundles to the fields that are wanted, and refuses those that no bundle has', async () => {
    const { top } = new TemporaryRepository(FILES);
    const input = `${line(1, 'def', { selector: 'a.py@L5:C1' })}\n${line(2, 'def', { selector: 'py://a#nope' })}\n`;
    const { stdout, code } = await assay(['batch', '--fields', 'facts.definitions.uri,facts.definitions.range,resolution.candidates.features.ast'], { cwd: top, input });
    const [found, missing] = stdout.trimEnd().split('\n').map((text) => JSON.parse(text) as unknown);
    expect(code).toBe(0);
    expect(found).toMatchObject({ id: 1, trimmed: true, bundle: { status: 'ok', facts: { definitions: [{ uri: 'a.py', range: [0, 4, 0, 5] }] } } });
    expect(Object.keys((found as { bundle: object }).bundle).sort()).toEqual(['bundleId', 'facts', 'resolution', 'status']);
    expect(missing).toMatchObject({ id: 2, bundle: { status: 'error', error: { code: 'E/NOT_FOUND' } } });
    expect(await assay(['schema', 'validate', '-'], { cwd: top, input: stdout })).toMatchObject({ code: 0 });
    const refused = await assay(['batch', '--fields', 'facts.refs'], { cwd: top, input });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('There are') as string]);
  });

  test('a file that is not there is not found', async () => {
    const { code, stderr } = await assay(['batch', 'none.jsonl'], { cwd: temporaryFolder() });
    expect([code, stderr]).toEqual([3, expect.stringContaining('E/NOT_FOUND')]);
  });
});
