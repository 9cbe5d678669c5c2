import { expect, test } from 'vitest';
import { pathOfEditUri } from '../../src/apply/edit-uris.js';

test.each([
  ['src/app.py', 'src/app.py'],
  ['./src/app.py', 'src/app.py'],
  ['a%20b/%C3%BC', 'a b/ü'],
  ['file:///ws/src/app.py', 'src/app.py'],
  ['file://localhost/ws/src/app.py', 'src/app.py'],
  ['FILE:///ws/a', 'a'],
  ['file:/ws/a', 'a'],
  ['file:///alias/ws/a', 'a'],
  ['file:///ws/100%25', '100%'],
  ['~/.bashrc', '~/.bashrc'],
  ['C:/x', 'C:/x'],
  ['./C%3A/x', 'C:/x'],
])('%s is %s', (uri, path) => {
  expect(pathOfEditUri(uri, ['/ws', '/alias/ws'])).toBe(path);
});

test.each([
  '', '.', '..', '../x', 'a/../../x', '%2e%2e/x', '/etc/passwd', '//host/x', 'a//b', 'a/./b', 'a%2fb', 'file:///ws/%252e%252e/x', 'a%252fb', 'a%5cb', 'a%00b', '%c0%ae%c0%ae/x', '%zz', 'a?b', 'a#b', 'http://x/y', 'ext://p@1/x', 'untitled:a', '.git/config', '.GI%54/config',
  'file:', 'file:a', 'file://', 'file:///', 'file:///ws', 'file:///ws/', 'file:///', 'file:///outside/x', 'file:///ws2/x', 'file:///wsx', 'file:///ws/../outside/x', 'file:///ws/%2e%2e/outside/x', 'file:///ws/.%2E/x', 'file:////host/share/x', 'file://evil.example/ws/a', 'file://user@localhost/ws/a',
  'file:///%2Fws/a', 'file:///ws/a?x', 'file:///ws/a#x', 'file:///ws/a%00', 'file:///ws/a\\b', 'file:///ws/src/\\..\\..\\outside', 'file:///C%3A/Windows/win.ini', 'file:///ws//a', 'file:///ws/./a', 'file:///ws/.git/config',
])('%j is refused', (uri) => {
  expect(() => pathOfEditUri(uri, ['/ws', '/alias/ws'])).toThrow(expect.objectContaining({ code: 'E/FS_PERMISSIONS' }));
});
