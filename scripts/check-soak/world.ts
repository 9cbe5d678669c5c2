import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../src/bundles/schema/bundle.js';

/** How a module is at the moment: its function begins behind so many lines, and its body fits its type or does not. */
interface State {
  readonly lines: number;
  readonly isWrong: boolean;
  /** By performance.now(): before the write began, and when the next one was over. */
  readonly from: number;
  until: number;
}

export interface Question {
  readonly args: readonly string[];
  /** What an answer says, told from the state of the module. */
  readonly expected: (state: { readonly lines: number; readonly isWrong: boolean }) => string;
  readonly found: (bundle: Bundle) => string;
  readonly module: number;
}

const KINDS = ['def', 'locate', 'symbols', 'refs', 'diag', 'hover'] as const;

/** Small Python modules that are edited while questions about them are under way. What is true at each moment is known without a server. */
export class World {
  readonly root: string;
  private readonly states: State[][];

  constructor(root: string, modules: number) {
    this.root = root;
    mkdirSync(join(root, '.venv/lib/python3.11/site-packages'), { recursive: true });
    writeFileSync(join(root, '.venv/pyvenv.cfg'), 'home = /usr/bin\nversion = 3.11.2\n');
    writeFileSync(join(root, '.gitignore'), '.venv/\n');
    this.states = Array.from({ length: modules }, () => []);
    for (let module = 0; module < modules; module += 1) {
      writeFileSync(join(root, `use${String(module)}.py`), `from m${String(module)} import f${String(module)}\n\nf${String(module)}(1)\n`);
      this.edit(module, 0, false);
    }
  }

  edit(module: number, lines: number, isWrong: boolean): void {
    const text = `${'# a line\n'.repeat(lines)}def f${String(module)}(x: int) -> int:\n    return ${isWrong ? '"no number"' : 'x'}\n`;
    const before = this.states[module]?.at(-1);
    const from = performance.now();
    // A reader finds the old file or the new one, never half of one: that would be true for a moment, too.
    writeFileSync(`${this.root}.new`, text);
    renameSync(`${this.root}.new`, join(this.root, `m${String(module)}.py`));
    if (before !== undefined) before.until = performance.now();
    this.states[module]?.push({ lines, isWrong, from, until: Infinity });
  }

  question(kind: number, module: number): Question {
    const name = `m${String(module)}`;
    const selector = `py://${name}#f${String(module)}`;
    const place = (uri: string, line: number): string => `${uri}:${String(line)}`;
    switch (KINDS[kind % KINDS.length]) {
      case 'def':
        return { module, args: ['def', `use${String(module)}.py@L3:C1`], expected: ({ lines }) => place(`${name}.py`, lines), found: ({ facts }) => (facts.definitions ?? []).map(({ uri, range }) => place(uri, range[0])).join() };
      case 'locate':
        return { module, args: ['locate', selector], expected: ({ lines }) => place(`${name}.py`, lines), found: ({ resolution }) => place(resolution?.resolved?.uri ?? '', resolution?.resolved?.range[0] ?? -1) };
      case 'symbols':
        return { module, args: ['symbols', `${name}.py`], expected: ({ lines }) => String(lines), found: ({ facts }) => (facts.symbols ?? []).filter(({ kind }) => kind === 'function').map(({ range }) => String(range[0])).join() };
      case 'refs':
        return { module, args: ['refs', selector], expected: ({ lines }) => [place(`${name}.py`, lines), place(`use${String(module)}.py`, 0), place(`use${String(module)}.py`, 2)].join(), found: ({ facts }) => (facts.references ?? []).map(({ uri, range }) => place(uri, range[0])).join() };
      case 'diag':
        return { module, args: ['diag', `${name}.py`], expected: ({ isWrong, lines }) => (isWrong ? String(lines + 1) : ''), found: ({ facts }) => (facts.diagnostics ?? []).map(({ range }) => String(range[0])).join() };
      default:
        return { module, args: ['hover', `use${String(module)}.py@L3:C1`], expected: () => 'true', found: ({ facts }) => String(facts.hover?.contents.includes(`f${String(module)}`)) };
    }
  }

  /** True when an answer was true at some moment while it was being made. */
  wasTrue({ module, expected, found }: Question, bundle: Bundle, asked: number, answered: number): boolean {
    const said = found(bundle);
    return (this.states[module] ?? []).some((state) => state.from <= answered && state.until >= asked && expected(state) === said);
  }
}
