import type { Config } from '@oclif/core';
import { expect, test } from 'vitest';
import { onBehalfOf } from '../../src/base/caller.js';
import { COMMANDS } from '../../src/commands.js';
import { loadConfig, runCommandLine } from '../../src/commands/run-command-line.js';
import { isWarm } from '../../src/daemon/place.js';
import { Engine, type EngineOptions, type RequestOptions } from '../../src/operations/engine.js';
import { withEngines, type EngineHandle } from '../../src/operations/engines.js';
import type { Outcome } from '../cli/assay.js';
import { Pretended } from '../commands/pretended-caller.js';
import { TemporaryRepository, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';
import { PrivateDaemons } from './private-daemon.js';

const FILES = {
  'shape.py': 'class Shape:\n    def area(self, scale: int) -> int:\n        return scale\n\n\ndef total(shapes: list[Shape]) -> int:\n    return shapes[0].area("")\n',
  'use.py': 'from shape import Shape, total\n\n\ndef run() -> int:\n    one = Shape()\n    return total([one])\n',
};
const PATCH = '--- a/use.py\n+++ b/use.py\n@@ -5,2 +5,2 @@\n     one = Shape()\n-    return total([one])\n+    return total([one, 1])\n';
const SEL = 'py://shape#total';

/** Command lines for every command that a daemon answers: right ones, and wrong ones. A new command fails here until it has some. */
const CASES: Readonly<Record<string, readonly (readonly [args: string[], input?: string])[]>> = {
  actions: [[['actions', SEL]]],
  fix: [[['fix', SEL, '--kind', 'quickfix']]],
  'prepare-rename': [[['prepare-rename', SEL]]],
  rename: [[['rename', SEL, 'sum_of']], [['rename', SEL, 'sum_of', '--overrides']], [['rename', SEL, 'not valid!']]],
  apply: [[['apply', '-'], PATCH], [['apply', '-'], 'no patch'], [['apply', 'beside.diff', '--3way']]],
  batch: [[['batch'], `{"id": 1, "cmd": "def", "args": {"selector": "${SEL}"}}\n{"id"`], [['batch', 'lines.jsonl']], [['batch', 'none.jsonl']]],
  calls: [[['calls', SEL, '--in']], [['calls', SEL]]],
  completion: [[['completion', 'use.py@L6:C15', '--limit', '1']]],
  decl: [[['decl', 'use.py@L6:C13']]],
  def: [[['def', 'use.py@L6:C13']], [['definition', 'use.py@L6:C13', '--index-io', 'utf-8']], [['def', 'py://shape#nope']], [['def', '--frobnicate']], [['def']]],
  diag: [[['diag']], [['diag', 'shape.py', '--server', 'nope']], [['diag', '../outside']]],
  highlights: [[['highlights', 'use.py@L5:C5']]],
  hover: [[['hover', SEL]], [['hover', 'nonsense']]],
  impl: [[['impl', 'py://shape#Shape']]],
  locate: [[['locate', SEL, '--preview']], [['locate', 'py://shape#total:body']]],
  refs: [[['refs', SEL]], [['refs', SEL, '--no-declaration']]],
  reward: [[['reward', '-', '--fail-below', '0'], PATCH], [['reward', '--base', 'nowhere']], [['reward', 'beside.diff', '--reward', 'pr-v1']]],
  signature: [[['signature', 'use.py@L6:C18']]],
  symbols: [[['symbols', 'shape.py']], [['symbols', '--query', 'Sha']], [['symbols']]],
  typedef: [[['typedef', 'use.py@L6:C19']]],
  types: [[['types', 'py://shape#Shape', '--sub']]],
};

test('every command that a daemon answers has cases here', () => {
  const idsOf = (command: unknown): string[] => Object.entries(COMMANDS).filter(([, each]) => each === command).map(([id]) => id);
  const warm = [...new Set(Object.values(COMMANDS))].map(idsOf).filter((ids) => ids.some((id) => isWarm([id.split(':')[0] ?? ''])));
  expect(warm.filter((ids) => !ids.some((id) => id in CASES))).toEqual([]);
});

/** Without what is of the moment: \`meta\` says how long it took and who knew. */
function withoutMoment({ stdout, ...rest }: Outcome): Outcome {
  return { ...rest, stdout: stdout.replace(/"cache":"[a-z]+"/g, '').replace(/"durationMs":\d+/g, '').replace(/"timings":\{[^}]*\}/g, '') };
}

/** What the same command code does in this process; one engine is open for all, for the time that servers take to start. */
async function runHere(engine: Engine, config: Config, args: readonly string[], cwd: string, input: string): Promise<Outcome> {
  const who = new Pretended(cwd, input);
  const open = ({ workspace: _, env: __, ...asked }: EngineOptions): Promise<EngineHandle> =>
    Promise.resolve({ run: (request) => engine.run(request, asked as RequestOptions), textOf: (uri) => engine.textOf(uri), close: () => Promise.resolve() });
  await onBehalfOf(who, () => withEngines(open, () => runCommandLine(args, config)));
  return { code: who.exitCode ?? 0, stdout: who.out[1], stderr: who.out[2] };
}

test('every command has the same bytes and the same exit code from a daemon and without one', { timeout: 400_000 }, async () => {
  const { top } = new TemporaryRepository(FILES);
  const daemons = new PrivateDaemons();
  const config = await loadConfig();
  const engine = await Engine.open({ workspace: top, env: process.env, indexUnit: 'codepoint' });
  const cwd = temporaryFolder();
  writeFiles(cwd, { 'beside.diff': PATCH, 'lines.jsonl': `{"id": "x", "cmd": "locate", "args": {"selector": "${SEL}"}}\n` });
  for (const [args, input = ''] of Object.values(CASES).flat()) {
    for (const form of [args, [...args, '--json']]) {
      const line = [...form, '--workspace', top];
      const [warm, alone] = await Promise.all([daemons.run(line, cwd, input), runHere(engine, config, line, cwd, input)]);
      expect({ form, ...withoutMoment(warm) }).toEqual({ form, ...withoutMoment(alone) });
    }
  }
  // The same, with a process of its own for those who want none that stays.
  for (const [args, input = ''] of [[['refs', SEL]], [['refs', 'py://shape#nope', '--json']], [['reward', '-', '--fail-below', '0'], PATCH]] as [string[], string?][]) {
    const [warm, alone] = await Promise.all([daemons.run(args, top, input), daemons.run([...args, '--no-daemon'], top, input)]);
    expect(withoutMoment(warm)).toEqual(withoutMoment(alone));
  }
  await engine.close();
  expect(await daemons.end()).toEqual([]);
});
