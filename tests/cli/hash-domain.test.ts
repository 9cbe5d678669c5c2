import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay } from './assay.js';

const FILES = {
  'pkg/__init__.py': '',
  'pkg/straße.py': 'def größe(text: str) -> int:\n    """Länge"""\n    return len(text)\n\n\ndef loop(items: list[int]):\n    last = None\n    for item in items:\n        last = item if last is None else last + item\n    return last\n',
  'pkg/use.py': 'from pkg.straße import größe, loop\n\nx: str = größe("a")\ny = loop([1])\n',
  'a.ts': 'export function sum(a: number, b: number): number {\n  return a + b;\n}\nexport const wrong: string = sum(1, 2);\n',
  'Z.ts': 'import { sum } from "./a.js";\nexport const other = sum(3, 4);\n',
  'tsconfig.json': '{"compilerOptions": {"strict": true, "noEmit": true, "types": [], "module": "nodenext"}}\n',
};
const REQUESTS = [
  { cmd: 'def', args: { selector: 'pkg/use.py@L3:C10' } },
  { cmd: 'hover', args: { selector: 'pkg/straße.py@L9:C9' } },
  { cmd: 'refs', args: { selector: 'py://pkg.straße#größe' } },
  { cmd: 'refs', args: { selector: 'sym://a.ts#sum' } },
  { cmd: 'hover', args: { selector: 'pkg/use.py@L4:C1' } },
  { cmd: 'diag', args: {} },
  { cmd: 'symbols', args: { path: 'Z.ts' } },
  { cmd: 'locate', args: { selector: 'anchor://pkg/use.py#"y = loop"' } },
  { cmd: 'apply', args: { patch: '--- a/a.ts\n+++ b/a.ts\n@@ -4 +4 @@\n-export const wrong: string = sum(1, 2);\n+export const right: number = sum(1, 2);\n' } },
].map((request, id) => ({ id, ...request }));

test('neither locale, time zone, user, environment, folder nor the order of questions enters a bundleId', async () => {
  const repository = new TemporaryRepository(FILES);
  const elsewhere = join(temporaryFolder(), 'ein anderer Ort', 'Ж');
  execFileSync('git', ['clone', '-q', repository.top, elsewhere]);
  const ask = async (cwd: string, requests: typeof REQUESTS, changes: NodeJS.ProcessEnv): Promise<unknown[]> => {
    const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
    const { stdout } = await assay(['batch'], { cwd, input, env: { ...process.env, ...changes } });
    const answers = stdout.trim().split('\n').map((line) => JSON.parse(line) as { id: number; bundle: { bundleId: string; error?: unknown } });
    return answers.sort((a, b) => a.id - b.id).map(({ bundle }) => bundle.error ?? bundle.bundleId);
  };
  const usual = await ask(repository.top, REQUESTS, { LC_ALL: 'C', LANG: 'C', TZ: 'UTC' });
  expect(usual).toEqual(REQUESTS.map(() => expect.stringMatching(/^sha256:/) as unknown));
  expect(await ask(elsewhere, [...REQUESTS].reverse(), { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', LC_COLLATE: 'de_DE.UTF-8', TZ: 'Pacific/Kiritimati', USER: 'somebody', LOGNAME: 'somebody', EDITOR: 'ed', ANYTHING: 'else', COLUMNS: '40', NODE_ENV: 'production' })).toEqual(usual);
}, 180_000);
