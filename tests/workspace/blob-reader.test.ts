import { expect, test } from 'vitest';
import { BlobReader } from '../../src/workspace/blob-reader.js';

/** Answers when told to. */
function store(): { reader: BlobReader; asked: string[][]; answer: () => void } {
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const reader = new BlobReader((oids) => {
    asked.push([...oids]);
    return new Promise((resolve) => {
      answers.push(() => { resolve({ blobs: new Map(oids.filter((oid) => oid !== 'none').map((oid) => [oid, Buffer.from(`of ${oid}`)])), missing: oids.filter((oid) => oid === 'none') }); });
    });
  });
  return { reader, asked, answer: () => { answers.shift()?.(); } };
}

const immediate = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

test('what is asked for in one turn is one question, and what is asked for meanwhile the next one', async () => {
  const { reader, asked, answer } = store();
  const first = [reader.read(['a']), reader.read(['b', 'none'])];
  await immediate();
  const second = reader.read(['c']);
  await immediate();
  expect(asked).toEqual([['a', 'b', 'none']]);
  answer();
  const [a, b] = await Promise.all(first);
  expect(a).toEqual({ blobs: new Map([['a', Buffer.from('of a')]]), missing: [] });
  expect(b).toEqual({ blobs: new Map([['b', Buffer.from('of b')]]), missing: ['none'] });
  await immediate();
  expect(asked).toEqual([['a', 'b', 'none'], ['c']]);
  answer();
  expect((await second).missing).toEqual([]);
});

test('what is remembered is there at once, whatever is being asked', async () => {
  const { reader, asked, answer } = store();
  const first = reader.read(['a']);
  await immediate();
  answer();
  await first;
  const slow = reader.read(['b']);
  await immediate();
  let turns = 0;
  const known = reader.read(['a', 'a']).then((found) => ({ found, turns }));
  turns += 1;
  await immediate();
  turns += 1;
  expect(await known).toEqual({ found: { blobs: new Map([['a', Buffer.from('of a')]]), missing: [] }, turns: 1 });
  expect(asked).toEqual([['a'], ['b']]);
  answer();
  expect([...(await slow).blobs.keys()]).toEqual(['b']);
});

test('a question that fails fails for all who shared it, and for nobody later', async () => {
  let isBroken = true;
  const reader = new BlobReader((oids) => (isBroken ? Promise.reject(new Error('the pipe broke')) : Promise.resolve({ blobs: new Map(oids.map((oid) => [oid, Buffer.from(oid)])), missing: [] })));
  const both = await Promise.allSettled([reader.read(['a']), reader.read(['b'])]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect((await reader.read(['a'])).blobs.get('a')?.toString()).toBe('a');
});
