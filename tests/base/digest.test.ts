import { expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';

test('hashes text as UTF-8', () => {
  expect(sha256('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256('é')).toBe(sha256(new Uint8Array([0xc3, 0xa9])));
});
