import { expect, test } from 'vitest';
import { assertNever, EXIT_CODE, Failure, toFailure, type FailureCode } from '../../src/base/failure.js';

test('exit codes are the published ones: add to this table, never change it', () => {
  expect(EXIT_CODE).toEqual({
    'E/BAD_SELECTOR_SYNTAX': 2,
    'E/BAD_ARGUMENT': 2,
    'E/NOT_FOUND': 3,
    'E/AMBIGUOUS': 4,
    'E/VERSION_SKEW': 10,
    'E/LS_TIMEOUT': 64,
    'E/LS_CRASH': 65,
    'E/APPLY_CONFLICT': 70,
    'E/FS_PERMISSIONS': 71,
    'E/UNSUPPORTED_CAP': 72,
    'E/REQUEST_CANCELLED': 73,
    'E/CONTENT_MODIFIED': 74,
    'E/INDEXING_UNSUPPORTED': 75,
    'E/REPLAY_MISMATCH': 76,
    'E/INTERNAL': 99,
  });
});

test('only what may pass when sent again is retryable', () => {
  const retryable = (Object.keys(EXIT_CODE) as FailureCode[]).filter((code) => new Failure(code, 'x').retryable);
  expect(retryable).toEqual(['E/LS_TIMEOUT', 'E/LS_CRASH', 'E/REQUEST_CANCELLED', 'E/CONTENT_MODIFIED']);
});

test('a failure carries what was given and nothing else', () => {
  const cause = new Error('below');
  const failure = new Failure('E/NOT_FOUND', 'gone', { hint: 'Look elsewhere.', details: { path: 'a' }, cause });
  expect(failure).toMatchObject({ name: 'Failure', code: 'E/NOT_FOUND', exitCode: 3, message: 'gone', hint: 'Look elsewhere.', details: { path: 'a' } });
  expect(failure.cause).toBe(cause);
  expect(new Failure('E/NOT_FOUND', 'gone')).toMatchObject({ hint: '', details: undefined });
  expect('cause' in new Failure('E/NOT_FOUND', 'gone')).toBe(false);
});

test('whatever else is thrown is a bug of ours and keeps its cause', () => {
  const failure = new Failure('E/LS_CRASH', 'x');
  expect(toFailure(failure)).toBe(failure);
  const error = new TypeError('oops');
  expect(toFailure(error)).toMatchObject({ code: 'E/INTERNAL', exitCode: 99, message: 'BUG: oops', cause: error });
  expect(toFailure('text')).toMatchObject({ message: 'BUG: text' });
  expect(() => assertNever('new kind' as never)).toThrow('BUG: unhandled case "new kind"');
});
