import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A patch with what it is about. */
export interface NamedPatch {
  readonly name: string;
  /** The source files that it touches. */
  readonly paths: readonly string[];
  readonly patch: string;
}

/** So many modules lie in one folder. */
const FOLDER = 50;

const moduleName = (index: number): string => `part${String(Math.floor(index / FOLDER))}.m${String(index)}`;

function moduleText(index: number): string {
  const used = [...new Set([index - 1, Math.floor(index / 2), Math.floor(index / 10)])].filter((other) => other >= 0 && other < index);
  const imports = used.map((other) => `from ${moduleName(other)} import Store${String(other)}, load${String(other)}\n`).join('');
  const calls = used.map((other) => `    total += load${String(other)}(name).size + len(Store${String(other)}(name).names)\n`).join('');
  const fillers = Array.from({ length: 6 }, (_unused, part) => `def step${String(index)}_${String(part)}(values: list[int]) -> dict[str, int]:\n    found: dict[str, int] = {}\n    for position, value in enumerate(values):\n        if value % ${String(part + 2)} == 0:\n            found[str(position)] = value\n    return found\n\n\n`).join('');
  return `${imports}\n\nclass Store${String(index)}:\n    def __init__(self, name: str) -> None:\n        self.name = name\n        self.names: list[str] = []\n        self.size = len(name)\n\n    def add(self, name: str) -> None:\n        self.names.append(name)\n\n\n${fillers}def load${String(index)}(name: str) -> Store${String(index)}:\n    total = 0\n${calls}    store = Store${String(index)}(name)\n    store.add(str(total))\n    return store\n`;
}

/** Writes a repository of `size` Python modules, each of which uses up to three others, and commits it. */
export function writeRepository(folder: string, size: number): void {
  for (let index = 0; index < size; index += 1) {
    const path = join(folder, `${moduleName(index).replace('.', '/')}.py`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, moduleText(index));
  }
  const git = (...args: string[]): void => void execFileSync('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args]);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'generated');
}

/** Patches that give a function of a module a further required parameter, spread over the modules. */
export function parameterPatches(size: number, count: number): NamedPatch[] {
  return Array.from({ length: count }, (_unused, at) => {
    const index = Math.floor((at * size) / count);
    const path = `${moduleName(index).replace('.', '/')}.py`;
    const lines = moduleText(index).split('\n');
    const line = lines.findIndex((text) => text.startsWith(`def load${String(index)}(`));
    const context = (text: string | undefined): string => ` ${text ?? ''}\n`;
    const old = lines[line] ?? '';
    const patch = `--- a/${path}\n+++ b/${path}\n@@ -${String(line)},3 +${String(line)},3 @@\n${context(lines[line - 1])}-${old}\n+${old.replace('(name: str)', '(name: str, limit: int)')}\n${context(lines[line + 1])}`;
    return { name: `load${String(index)}`, paths: [path], patch };
  });
}
