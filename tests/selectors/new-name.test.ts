import { expect, test } from 'vitest';
import type { Token } from '../../src/base/declaration.js';
import { newNameProblem } from '../../src/selectors/new-name.js';

function token(type: string, text = 'old', parentType = ''): Token {
  return { type, text, parentType, range: [0, 0, 0, text.length], depth: 1 };
}

const NAME = [token('identifier')];
const MEMBER = [token('property_identifier')];
const TYPE = [token('type_identifier')];
const PRIVATE = [token('private_property_identifier', '#old')];
const TEXT = [token('string_fragment', 'old', 'string')];

test.each([
  ['python', NAME, 'total_2', null],
  ['python', NAME, 'größe', null],
  ['python', NAME, '変数', null],
  ['python', NAME, '', 'fatal'],
  ['python', NAME, '2nd', 'fatal'],
  ['python', NAME, 'a-b', 'fatal'],
  ['python', NAME, 'a b', 'fatal'],
  ['python', NAME, 'class', 'fatal'],
  ['python', NAME, 'None', 'fatal'],
  ['python', NAME, 'ﬁle', 'fatal'],
  ['python', NAME, 'match', 'doubtful'],
  ['python', NAME, '_', 'doubtful'],
  ['typescript', NAME, '$total', null],
  ['typescript', NAME, 'größe', null],
  ['typescript', NAME, 'class', 'fatal'],
  ['typescript', NAME, 'await', 'fatal'],
  ['typescript', NAME, 'of', 'doubtful'],
  ['typescript', NAME, 'a.b', 'fatal'],
  ['typescript', MEMBER, 'class', null],
  ['typescript', [...MEMBER, ...NAME], 'class', 'fatal'],
  ['typescript', MEMBER, 'constructor', 'fatal'],
  ['typescript', TYPE, 'string', 'fatal'],
  ['typescript', PRIVATE, '#fresh', null],
  ['typescript', PRIVATE, 'fresh', 'doubtful'],
  ['typescript', NAME, '#fresh', 'fatal'],
  ['typescript', TEXT, 'any text', null],
  ['typescript', TEXT, 'a"b', 'fatal'],
  [null, NAME, 'fine', null],
  [null, NAME, 'not fine', 'fatal'],
] as const)('in %s, for %j, %j is %s', (language, tokens, name, kind) => {
  expect(newNameProblem(name, { language, tokens })?.kind ?? null).toBe(kind);
});
