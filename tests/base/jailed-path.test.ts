import { expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { isGitName, pathProblem, refuseUnjailed } from '../../src/base/jailed-path.js';

test.each([
  'a', 'src/app.py', '.github/x', '.gitignore', 'git', 'a.git', '~/.bashrc', '~root/x', '$HOME/x', '%2e%2e/x', '...', 'a/..b', 'C:/Windows/win.ini', 'C:win.ini', '..\\outside\\x',
  'src/app.py:stream', 'CON', 'aux.py', 'x ', 'ü/😀', 'a b', '-rf', '@{u}', 'git~x', 'n'.repeat(255),
])('%j is a path of the workspace', (path) => {
  expect(pathProblem(path, 'linux')).toBe(null);
});

test.each([
  '', '/', '/etc/passwd', '//host/x', '..', '../x', 'a/../../x', 'a/..', './x', 'a/./b', 'a//b', 'a/', '.', 'a\0b', '\ud800', 'n'.repeat(256), `${'a/'.repeat(2048)}x`,
  '.git', '.git/config', 'a/.git/hooks/x', '.GIT/x', '.Git', 'git~1/x', 'GIT~2', '.git./x', '.git /x', '.git . /x', '.git::$INDEX_ALLOCATION/x', '.git:x', '.g\u200cit/x', '.\ufeffgit', '.gi\u202et/x', '．git/x', '.gıt/x', '.gİt/x', 'a\\.git\\config', '.git\\hooks\\x',
])('%j is none', (path) => {
  expect(pathProblem(path, 'linux')).not.toBe(null);
});

test.each(['C:/x', 'C:x', '\\x', '\\\\server\\share', 'a\\..\\..\\x', 'CON', 'src/aux.py', 'com1.txt', 'con .py', 'a:stream', 'a.', 'a ', 'a?b'])('%j is none on Windows', (path) => {
  expect(pathProblem(path, 'win32')).not.toBe(null);
});

test('a refusal says what was left alone', () => {
  expect(() => { refuseUnjailed('../x', 'Nothing was read.'); }).toThrow(Failure);
  expect(isGitName('.gitmodules')).toBe(false);
});
