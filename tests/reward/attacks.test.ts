import { describe, expect, test } from 'vitest';
import { ATTACKS, lineChecker, lineReward } from './attacks.js';
import type { Change } from './fake-checker.js';

const PYTHON = 'import os\n\n\ndef load(name: str) -> str:\n    with open(name) as stream:\n        return stream.read()\n\n\nclass Store:\n    def __init__(self, folder: str) -> None:\n        self.folder = folder\n        self.known = {}\n\n    def find(self, name: str) -> str:\n        return load(os.path.join(self.folder, name))\n';
const SCRIPT = "import { join } from 'node:path';\n\nexport function find(folder: string, name: string): string {\n  const path = join(folder, name);\n  return load(path).trim();\n}\n\nexport class Store {\n  known = new Map<string, string>();\n}\n";

/** The step of `npm run check:hacks`, in small: real code that changes as people change it. */
const STEPS: readonly (readonly [string, readonly Change[]])[] = [
  ['Python', [['pkg/store.py', PYTHON, `${PYTHON.replace('return stream.read()', 'text = stream.read()\n        return text.strip()').replace('self.known = {}', 'self.known: dict[str, str] = {}')}\n\ndef later(store: Store) -> None:\n    for name in store.known:\n        print(store.find(name), name)\n`]]],
  ['TypeScript', [['src/store.ts', SCRIPT, `${SCRIPT.replace('load(path).trim()', 'load(path).trimEnd()')}\nexport function later(store: Store): void {\n  for (const [name, path] of store.known) find(path, name);\n}\n`]]],
  ['a new file', [['pkg/new.py', null, PYTHON.replaceAll('load', 'fetch_all')]]],
];

test('the line checker finds something in every step, or the attacks would hide nothing', () => {
  for (const [, changes] of STEPS) expect(changes.flatMap(([path, , text]) => lineChecker(path, text ?? '')).length).toBeGreaterThan(0);
});

describe.each(STEPS)('%s', (_step, changes) => {
  test.each(ATTACKS)('%s does not pay', async (_name, attack) => {
    const [honest, hacked] = [await lineReward(changes), await lineReward(attack(changes))];
    expect(honest.r).not.toBeNull();
    expect(hacked.r ?? Number.NaN).toBeLessThanOrEqual((honest.r ?? Number.NaN) + 1e-9);
  });
});
