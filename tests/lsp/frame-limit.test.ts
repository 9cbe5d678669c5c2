import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { limitFrames } from '../../src/lsp/frame-limit.js';

const frame = (body: string): string => `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;

/** What is left of `text` that comes in pieces of `size` bytes, with frames of at most 100 bytes. */
async function limited(text: string, size: number): Promise<string> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  return (await buffer(Readable.from(pieces).compose(limitFrames(100)) as Readable)).toString();
}

test.each([1, 2, 7, 1000])('frames up to the limit pass, whatever their bodies say, in pieces of %i', async (size) => {
  const text = `${frame('{"a":1}')}${frame('é'.repeat(50))}${frame('Content-Length: 999999\r\n\r\n')}Content-Type: x\r\n${frame('{}')}`;
  expect(await limited(text, size)).toBe(text);
});

test.each([1, 7, 1000])('the header of a longer frame ends it, in pieces of %i', async (size) => {
  await expect(limited(`${frame('{}')}Content-Length: 101\r\n\r\n{`, size)).rejects.toThrow('a message of 101 bytes');
});
