import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { batchAnswerSchema } from '../../src/bundles/schema/lines.js';
import { TemporaryRepository, temporaryFolder } from '../workspace/temporary-repository.js';
import { assay } from './assay.js';

type BatchAnswer = z.infer<typeof batchAnswerSchema>;

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n\n\nf("")\n', 'b.ts': 'export const n: number = 1;\n', 'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true}}\n' };

async function batch(lines: readonly string[], cwd: string): Promise<{ code: number; answers: BatchAnswer[] }> {
  const { code, stdout } = await assay(['batch'], { cwd, input: `${lines.join('\n')}\n` });
  return { code, answers: stdout.split('\n').filter((line) => line !== '').map((line) => batchAnswerSchema.parse(JSON.parse(line))) };
}

const line = (id: string | number, cmd: string, args: unknown): string => JSON.stringify({ id, cmd, args });

describe('assay batch', () => {
  test('answers many kinds of requests in their order over one server per language', async () => {
    const { code, answers } = await batch(
      [
        line(1, 'def', { selector: 'a.py@L5:C1' }),
        line('two', 'hover', { selector: 'sym://b.ts#n' }),
        line(3, 'diag', {}),
        line(4, 'refs', { selector: { kind: 'symbolic', scheme: 'py', module: 'a', qualname: ['f'], role: 'def', query: {} } }),
      ],
      new TemporaryRepository(FILES).top,
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

  test('a file that is not there is not found', async () => {
    const { code, stderr } = await assay(['batch', 'none.jsonl'], { cwd: temporaryFolder() });
    expect([code, stderr]).toEqual([3, expect.stringContaining('E/NOT_FOUND')]);
  });
});
