import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathFromUri, uriFromPath } from '../../src/base/relative-uri.js';

test.each([
  ['src/app.py', 'src/app.py'],
  ['a b/c#d?.py', 'a%20b/c%23d%3F.py'],
  ['100%.ts', '100%25.ts'],
  ['é/日本.py', '%C3%A9/%E6%97%A5%E6%9C%AC.py'],
  ['a:b/c.py', './a:b/c.py'],
  ['a/b:c.py', 'a/b:c.py'],
  ['@scope/a+b=c,d;e&f$.ts', '@scope/a+b=c,d;e&f$.ts'],
  ['[slug].tsx', '%5Bslug%5D.tsx'],
])('%s is %s', (path, uri) => {
  expect(uriFromPath(path)).toBe(uri);
  expect(pathFromUri(uri)).toBe(path);
});

test('any path survives, as a reference that no base can turn into another scheme or host', () => {
  const segment = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('/', '-')).filter((text) => text.isWellFormed() && text !== '.' && text !== '..');
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const path = segments.join('/');
      expect(pathFromUri(uriFromPath(path))).toBe(path);
      expect(new URL(uriFromPath(path), 'file:///root/').pathname.startsWith('/root/')).toBe(true);
    }),
  );
});

test('a malformed escape is refused', () => {
  expect(() => pathFromUri('a%zz')).toThrow(URIError);
});
