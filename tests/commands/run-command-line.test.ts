import { beforeAll, expect, test, vi } from 'vitest';
import type { Config } from '@oclif/core';
import { onBehalfOf } from '../../src/base/caller.js';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { COMMANDS } from '../../src/commands.js';
import { findCommand, loadConfig, runCommandLine } from '../../src/commands/run-command-line.js';
import { Engine } from '../../src/operations/engine.js';
import { withEngines } from '../../src/operations/engines.js';
import { Pretended } from './pretended-caller.js';
import { temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';

let config: Config;
beforeAll(async () => {
  config = await loadConfig();
});

test('a command has the folder, the streams and the exit code of whom it runs for, also beside others', async () => {
  const folders = ['one', 'two'].map((name) => {
    const folder = temporaryFolder();
    writeFiles(folder, { [`${name}.py`]: `${name} = 1\n` });
    return folder;
  });
  const callers = folders.map((folder) => new Pretended(folder));
  const opened: (string | undefined)[] = [];
  const open: typeof Engine.open = (options) => {
    opened.push(options.workspace);
    return Engine.open(options);
  };
  await withEngines(open, () => Promise.all(callers.map((who) => onBehalfOf(who, () => runCommandLine(['locate', 'py://one#one'], config)))));
  expect(callers.map(({ exitCode, out }) => [exitCode, out[1].split('\n')[0], out[2] === ''])).toEqual([
    [0, 'one.py:1:1-1:4 (structural, confidence 1)', true],
    [3, '', false],
  ]);
  expect(opened).toHaveLength(2);
});

test('standard input and files are those of the caller', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'lines.jsonl': '{"id": 1}\n' });
  const [piped, named] = [new Pretended(folder, '{"id": 2}\n'), new Pretended(folder)];
  await onBehalfOf(piped, () => runCommandLine(['batch'], config));
  await onBehalfOf(named, () => runCommandLine(['batch', 'lines.jsonl'], config));
  expect([piped, named].map(({ exitCode, out }) => [exitCode, (JSON.parse(out[1]) as { id: number }).id])).toEqual([
    [2, 2],
    [2, 1],
  ]);
});

test.each([
  [['def', 'x', '--json'], 'def', ['x', '--json']],
  [['definition', 'x'], 'definition', ['x']],
  [['def', '--', '--help'], 'def', ['--', '--help']],
  [['def', '--help'], null, null],
  [['--version'], null, null],
  [['constructor'], null, null],
  [[], null, null],
])('%j names a command or none', (argv, id, rest) => {
  const found = findCommand(argv);
  expect([found?.id ?? null, found?.argv ?? null]).toEqual([id, rest]);
});

test.each([
  [['renam', 'x', 'y'], 'there is no command "renam"', 'Did you mean assay rename?'],
  [['referenses'], 'there is no command "referenses"', 'Did you mean assay references?'],
  [['daemon', 'stopp'], 'there is no command "daemon stopp"', 'Did you mean assay daemon stop?'],
  [['help', 'renam'], 'there is no command "renam"', 'Did you mean assay rename?'],
  [['zzz', '--help'], 'there is no command "zzz"', 'assay --help lists the commands'],
  [['constructor'], 'there is no command "constructor"', 'assay --help lists the commands'],
])('%j is refused, with what is like it', async (argv, message, hint) => {
  const who = new Pretended(temporaryFolder());
  await onBehalfOf(who, () => runCommandLine([...argv, '--json'], config));
  expect([who.exitCode, who.out[2]]).toEqual([2, '']);
  const { error } = bundleSchema.parse(JSON.parse(who.out[1]));
  expect(error).toMatchObject({ code: 'E/BAD_ARGUMENT', message });
  expect(error?.hint).toContain(hint);
});

test.each([[['help', 'locate']], [['locate', '--help']], [['daemon']], [['trace', '--help']]])('%j is helped', async (argv) => {
  const who = new Pretended(temporaryFolder());
  const said: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(...words));
  await onBehalfOf(who, () => runCommandLine(argv, config)).finally(() => { log.mockRestore(); });
  expect([who.exitCode ?? 0, who.out[2]]).toEqual([0, '']);
  expect(said.join('\n')).toContain('USAGE');
});

test('no argument is read from standard input behind a command line: it belongs to the next command of a loop', () => {
  const all = Object.entries(COMMANDS).flatMap(([id, command]) => Object.values('args' in command ? command.args : {}).map((arg) => [id, (arg as { ignoreStdin?: boolean }).ignoreStdin]));
  expect(all.filter(([, ignoreStdin]) => ignoreStdin !== true)).toEqual([]);
});
