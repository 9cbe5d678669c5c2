import { expect, test } from 'vitest';
import { SharedRun } from '../../src/base/shared-run.js';
import { Turns } from '../../src/base/turns.js';

/** Work that ends when it is told to, and what of it has begun. */
class Works {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  of(name: string): () => Promise<string> {
    return () => {
      this.begun.push(name);
      return new Promise((resolve) => this.ends.set(name, () => resolve(name)));
    };
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('what may go together does, what goes alone waits for all before it, and what comes later waits for that', async () => {
  const works = new Works();
  const turns = new Turns(2);
  const all = [turns.together(works.of('a')), turns.together(works.of('b')), turns.together(works.of('c')), turns.alone(works.of('write')), turns.together(works.of('d'))];
  const begins = [['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c', 'write'], ['a', 'b', 'c', 'write', 'd']];
  for (const [index, ended] of ['', 'a', 'b', 'c', 'write'].entries()) {
    await works.end(ended);
    expect(works.begun).toEqual(begins[index]);
  }
  await works.end('d');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'write', 'd']);
  await expect(turns.alone(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await turns.together(() => Promise.resolve('next'))).toBe('next');
});

test('whoever asks shares a run that began after the question, and runs never overlap', async () => {
  const works = new Works();
  let count = 0;
  const run = new SharedRun(() => works.of(String((count += 1)))());
  const first = run.next();
  const [second, third] = [run.next(), run.next()];
  expect([first.isOurs, second.isOurs, third.isOurs, works.begun]).toEqual([true, true, false, ['1']]);
  await works.end('1');
  expect(works.begun).toEqual(['1', '2']);
  const fourth = run.next();
  await works.end('2');
  await works.end('3');
  expect(await Promise.all([first, second, third, fourth].map(({ outcome }) => outcome))).toEqual(['1', '2', '2', '3']);
});
