import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readScoreLines } from '../../src/operations/score.js';

test('only a line feed ends a line: a separator in a patch is part of it', async () => {
  const patch = 'a\u2028b\u2029c\rd';
  const input = Readable.from([Buffer.from(`${JSON.stringify({ patch })}\r\n\n${JSON.stringify({ id: 'x', patch })}`)]);
  const lines = [];
  for await (const line of readScoreLines(input)) lines.push(line);
  expect(lines).toEqual([{ id: 0, request: { patch } }, { id: 'x', request: { id: 'x', patch } }]);
});
