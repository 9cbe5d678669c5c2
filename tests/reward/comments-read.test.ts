import { describe, expect, test } from 'vitest';
import { commentsSayTheSame } from '../../src/reward/comments-read.js';
import { sideOf } from './fake-checker.js';

const saySame = async (path: string, before: string, after: string): Promise<boolean> => commentsSayTheSame(await sideOf(path, before), await sideOf(path, after));

describe('comments say something else', () => {
  test.each<[string, string, string, string]>([
    ['where one gives a value a type', 'a.py', 'x = y\n', 'x = y  # type: int\n'],
    ['where one gives it another', 'a.py', 'x = y  #type:int\n', 'x = y  #type:str\n'],
    ['where another value has it', 'a.py', 'x = 1  # type: int\ny = 1\n', 'x = 1\ny = 1  # type: int\n'],
    ['where another function has it', 'a.py', 'def f(x):\n    # type: (int) -> int\n    return x\n\n\ndef g(x):\n    return x\n', 'def f(x):\n    return x\n\n\ndef g(x):\n    # type: (int) -> int\n    return x\n'],
    ['where it no longer hides diagnostics', 'a.py', 'x = 1  # type: ignore\n', 'x = 1  # type: ignored\n'],
    ['where a file is read by other rules', 'a.py', 'x = [1]\n', '# pyright: strict\nx = [1]\n'],
    ['where one declares a parameter of a script', 'a.js', '/** @param {number} x */\nexport function f(x) {}\n', '/** @param {string} x */\nexport function f(x) {}\n'],
    ['where another function of a script has it', 'a.mjs', '/** @type {A} */\nexport function f(x) {}\nexport function g(x) {}\n', 'export function f(x) {}\n/** @type {A} */\nexport function g(x) {}\n'],
    ['where one brings a file in', 'a.ts', 'export const x = 1;\n', '/// <reference types="node" />\nexport const x = 1;\n'],
  ])('%s', async (_name, path, before, after) => expect(await saySame(path, before, after)).toBe(false));

  test.each<[string, string, string, string]>([
    ['not where one hides a diagnostic', 'a.py', 'x = 1\n', 'x = 1  # type: ignore[assignment]\n'],
    ['not where another rule of it is hidden', 'a.py', 'x = 1  # pyright: ignore\n', 'x = 1  # pyright: ignore[reportX]\n'],
    ['not where it is only words', 'a.py', 'x = 1  # the type: int\n', 'x = 1  # the type: str\n'],
    ['not where other code has another value', 'a.py', 'x = 1  # type: int\ny = 2\n', '\nx = 3  # type: int\ny = 4\n'],
    ['not where the words of a script before its tags change', 'a.js', '/** One. @type {A} */\nexport const x = 1;\n', '/** Two. @type {A} */\nexport const x = 2;\n'],
    ['not where types are written as code', 'a.ts', '/** @param x one */\nexport function f(x: number) {}\n', '/** @param x two */\nexport function f(x: number) {}\n'],
    ['not of a language that has none', 'a.go', '// type: int\n', '// type: string\n'],
  ])('%s', async (_name, path, before, after) => expect(await saySame(path, before, after)).toBe(true));
});
