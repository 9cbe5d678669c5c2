import { expect, test } from 'vitest';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const FILES = {
  'shape.py': 'class Shape:\n    def area(self, scale: int) -> int:\n        return scale\n\n\ndef total(shapes: list[Shape]) -> int:\n    return shapes[0].area(1)\n',
  'use.py': 'from shape import Shape, total\n\n\ndef run() -> int:\n    one = Shape()\n    return total([one])\n',
  'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
  'src/a.ts': 'export interface Shape {\n  area(): number;\n}\nexport class Square implements Shape {\n  area(): number {\n    return 1;\n  }\n}\n',
};

test.each([
  [['decl', 'use.py@L6:C13'], 'declarations', [/^shape\.py:6:5 def total/]],
  [['typedef', 'use.py@L6:C19'], 'typeDefinitions', [/^shape\.py:1:7 class Shape:$/]],
  [['impl', 'sym://src/a.ts#Shape'], 'implementations', [/^src\/a\.ts:4:14 export class Square/]],
  [['highlights', 'use.py@L5:C5'], 'highlights', [/^use\.py:5:5 one = Shape\(\)$/, /^use\.py:6:19 return total/]],
  [['signature', 'use.py@L6:C18'], 'signature', [/^> \(shapes: list\[Shape\]\) -> int \[at shapes: list\[Shape\]\]$/]],
  [['completion', 'use.py@L6:C15', '--limit', '1'], 'completions', [/^total function$/]],
  [['calls', 'py://shape#total', '--in'], 'calls', [/^use\.py:4:5 function run py:\/\/use#run \(1 call\)$/]],
  [['calls', 'py://use#run', '--out'], 'calls', [/^shape\.py:1:7 class Shape py:\/\/shape#Shape \(1 call\)$/, /^shape\.py:6:5 function total py:\/\/shape#total \(1 call\)$/]],
])('%j answers in text and in a bundle', async (args, fact, lines) => {
  const { top } = new TemporaryRepository(FILES);
  const text = await assay(args, { cwd: top });
  expect(text).toMatchObject({ code: 0, stderr: '' });
  const printed = text.stdout.trimEnd().split('\n');
  expect(printed).toHaveLength(lines.length);
  for (const [index, line] of lines.entries()) expect(printed[index]).toMatch(line);
  const bundle = await assayBundle(args, { cwd: top });
  expect(Object.keys(bundle.facts)).toEqual([fact]);
  expect(bundle.request.cmd).toBe(args[0]);
});

test.each([
  [['types', 'py://shape#Shape', '--sub'], 72, 'E/UNSUPPORTED_CAP', 'pyright does not answer types'],
  [['type-hierarchy', 'sym://src/a.ts#Square', '--super'], 72, 'E/UNSUPPORTED_CAP', 'typescript does not answer types'],
  [['implementation', 'py://shape#Shape'], 72, 'E/UNSUPPORTED_CAP', 'pyright does not answer impl'],
  [['calls', 'py://shape#total'], 2, 'E/BAD_ARGUMENT', '--in'],
  [['types', 'py://shape#Shape', '--sub', '--super'], 2, 'E/BAD_ARGUMENT', '--sub'],
])('%j has no answer, and says why', async (args, code, name, message) => {
  const { top } = new TemporaryRepository(FILES);
  const text = await assay(args, { cwd: top });
  expect(text).toMatchObject({ code, stdout: '' });
  expect(text.stderr).toContain(message);
  expect(await assayBundle(args, { cwd: top })).toMatchObject({ error: { code: name }, meta: { exitCode: code } });
});
