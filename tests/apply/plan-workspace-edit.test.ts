import { expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import type { DocumentChange, TextEdit } from '../../src/base/workspace-edit.js';
import { planWorkspaceEdit } from '../../src/apply/plan-workspace-edit.js';
import type { EditPlan } from '../../src/apply/planned-change.js';
import { memoryFiles, type Files } from './memory-files.js';

const ROOTS = ['/ws'];

function edit(line: number, from: number, toLine: number, to: number, newText: string): TextEdit {
  return { range: { start: { line, character: from }, end: { line: toLine, character: to } }, newText };
}

function change(uri: string, ...edits: TextEdit[]): DocumentChange {
  return { textDocument: { uri, version: null }, edits };
}

function plan(files: Files, documentChanges: readonly DocumentChange[], unit?: 'utf-8' | 'codepoint'): Promise<EditPlan> {
  return planWorkspaceEdit({ documentChanges }, memoryFiles(files), { roots: ROOTS, ...(unit === undefined ? {} : { unit }) });
}

/** `kind path: content`, or `kind path` for a deletion, one per change. */
function shown({ changes }: EditPlan): string[] {
  return changes.map((made) => `${made.kind} ${made.kind === 'rename' ? `${made.from} → ` : ''}${made.path}${made.after === null ? '' : `: ${made.after.bytes.toString('utf8')}`}`);
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(() => null, (thrown: unknown) => thrown);
  if (error instanceof Failure) return error.code;
  throw new Error(`expected a Failure, got ${String(error)}`);
}

test.each<[string, Files, DocumentChange[], string[]]>([
  ['applies unsorted edits from the end', { a: 'one two three' }, [change('a', edit(0, 8, 0, 13, '3'), edit(0, 0, 0, 3, '1'))], ['write a: 1 two 3']],
  ['keeps the order of inserts at one place', { a: 'xy' }, [change('a', edit(0, 1, 0, 1, '1'), edit(0, 1, 0, 1, '2'))], ['write a: x12y']],
  ['lets an insert stand before a replaced range', { a: 'xyz' }, [change('a', edit(0, 1, 0, 2, 'Y'), edit(0, 1, 0, 1, '_'))], ['write a: x_Yz']],
  ['takes two entries of a file as edits of one state', { a: 'xyz' }, [change('a', edit(0, 0, 0, 1, 'XXX')), change('a', edit(0, 2, 0, 3, 'Z'))], ['write a: XXXyZ']],
  ['takes the line behind the last as the end', { a: 'x\ny' }, [change('a', edit(2, 0, 2, 0, '\nz'))], ['write a: x\ny\nz']],
  ['takes a column behind the line as its end', { a: 'x\ny' }, [change('a', edit(0, 1, 0, 99, '!'))], ['write a: x!\ny']],
  ['keeps a missing newline', { a: 'x' }, [change('a', edit(0, 0, 0, 1, 'y'))], ['write a: y']],
  ['writes CRLF into a file of CRLF', { a: 'x\r\ny\r\n' }, [change('a', edit(1, 0, 1, 0, 'n\n'))], ['write a: x\r\nn\r\ny\r\n']],
  ['leaves mixed line endings alone', { a: 'x\r\ny\n' }, [change('a', edit(1, 0, 1, 0, 'n\n'))], ['write a: x\r\nn\ny\n']],
  ['counts a byte order mark as a column', { a: '\uFEFFx = 1' }, [change('a', edit(0, 1, 0, 2, 'y'))], ['write a: \uFEFFy = 1']],
  ['leaves out what changes nothing', { a: 'x' }, [change('a', edit(0, 0, 0, 1, 'x'))], []],
  ['creates and fills', {}, [{ kind: 'create', uri: 'd/a' }, change('d/a', edit(0, 0, 0, 0, 'x'))], ['create d/a: x']],
  ['renames and edits under the new name', { a: 'x' }, [{ kind: 'rename', oldUri: 'a', newUri: 'b' }, change('b', edit(0, 0, 0, 1, 'y'))], ['rename a → b: y']],
  ['edits, then renames', { a: 'x' }, [change('a', edit(0, 0, 0, 1, 'y')), { kind: 'rename', oldUri: 'a', newUri: 'b' }], ['rename a → b: y']],
  ['renames a folder', { 'd/a': 'x', 'd/e/b': 'y', da: 'z' }, [{ kind: 'rename', oldUri: 'd', newUri: 'f' }], ['rename d/a → f/a: x', 'rename d/e/b → f/e/b: y']],
  ['renames there and back', { a: 'x' }, [{ kind: 'rename', oldUri: 'a', newUri: 'b' }, { kind: 'rename', oldUri: 'b', newUri: 'a' }], []],
  ['swaps two files', { a: 'x', b: 'y' }, [{ kind: 'rename', oldUri: 'a', newUri: 'c' }, { kind: 'rename', oldUri: 'b', newUri: 'a' }, { kind: 'rename', oldUri: 'c', newUri: 'b' }], ['write a: y', 'write b: x']],
  ['changes the case of a name', { a: 'x' }, [{ kind: 'rename', oldUri: 'a', newUri: 'A' }], ['rename a → A: x']],
  ['overwrites when told to', { a: 'x', b: 'y' }, [{ kind: 'rename', oldUri: 'a', newUri: 'b', options: { overwrite: true, ignoreIfExists: true } }], ['delete a', 'write b: x']],
  ['ignores what exists when told to', { a: 'x', b: 'y' }, [{ kind: 'rename', oldUri: 'a', newUri: 'b', options: { ignoreIfExists: true } }, { kind: 'create', uri: 'b', options: { ignoreIfExists: true } }], []],
  ['empties a file that it creates over', { a: 'x' }, [{ kind: 'create', uri: 'a', options: { overwrite: true } }], ['write a: ']],
  ['deletes a folder with what is in it', { 'd/a': 'x', 'd/b': 'y' }, [{ kind: 'delete', uri: 'd', options: { recursive: true } }], ['delete d/a', 'delete d/b']],
  ['ignores what is not there when told to', {}, [{ kind: 'delete', uri: 'a', options: { ignoreIfNotExists: true } }], []],
  ['puts a file in the place of a folder that it deletes', { 'd/a': 'x' }, [{ kind: 'delete', uri: 'd', options: { recursive: true } }, { kind: 'create', uri: 'd' }], ['create d: ', 'delete d/a']],
  ['takes file URIs of the workspace', { 'ü x': 'a' }, [change('file:///ws/%C3%BC%20x', edit(0, 0, 0, 1, 'b'))], ['write ü x: b']],
])('%s', async (_name, files, changes, expected) => {
  expect(shown(await plan(files, changes))).toEqual(expected);
});

test.each<[string, Files, DocumentChange[], string]>([
  ['edits that overlap', { a: 'xyz' }, [change('a', edit(0, 0, 0, 2, ''), edit(0, 1, 0, 3, ''))], 'E/BAD_ARGUMENT'],
  ['an insert inside a replaced range', { a: 'xyz' }, [change('a', edit(0, 0, 0, 3, ''), edit(0, 1, 0, 1, '!'))], 'E/BAD_ARGUMENT'],
  ['edits that overlap under two names of a file', { a: 'xyz' }, [change('a', edit(0, 0, 0, 2, '')), change('./a', edit(0, 0, 0, 2, ''))], 'E/BAD_ARGUMENT'],
  ['an edit behind the end', { a: 'x' }, [change('a', edit(7, 0, 7, 0, '!'))], 'E/BAD_ARGUMENT'],
  ['an edit that ends before it starts', { a: 'xyz' }, [change('a', edit(0, 2, 0, 1, '!'))], 'E/BAD_ARGUMENT'],
  ['half a character', { a: '😀' }, [change('a', edit(0, 1, 0, 2, ''))], 'E/INDEXING_UNSUPPORTED'],
  ['a line that is not UTF-8', { a: Buffer.from([0x78, 0xe9]) }, [change('a', edit(0, 0, 0, 1, 'y'))], 'E/INDEXING_UNSUPPORTED'],
  ['a file that is not there', {}, [change('a', edit(0, 0, 0, 0, 'y'))], 'E/NOT_FOUND'],
  ['a rename of nothing', {}, [{ kind: 'rename', oldUri: 'a', newUri: 'b' }], 'E/NOT_FOUND'],
  ['a symlink', { a: { link: 'b' }, b: 'x' }, [change('a', edit(0, 0, 0, 0, 'y'))], 'E/APPLY_CONFLICT'],
  ['a folder', { 'a/b': 'x' }, [change('a', edit(0, 0, 0, 0, 'y'))], 'E/APPLY_CONFLICT'],
  ['a file in the way', { a: 'x' }, [{ kind: 'create', uri: 'a' }], 'E/APPLY_CONFLICT'],
  ['a file in the way of a folder', {}, [{ kind: 'create', uri: 'a' }, { kind: 'create', uri: 'a/b' }], 'E/APPLY_CONFLICT'],
  ['a folder in the way, even when told to overwrite', { a: 'x', 'b/c': 'y' }, [{ kind: 'rename', oldUri: 'a', newUri: 'b', options: { overwrite: true } }], 'E/APPLY_CONFLICT'],
  ['a folder moved into itself', { 'a/b': 'x' }, [{ kind: 'rename', oldUri: 'a', newUri: 'a/c' }], 'E/APPLY_CONFLICT'],
  ['a full folder without recursive', { 'a/b': 'x' }, [{ kind: 'delete', uri: 'a' }], 'E/APPLY_CONFLICT'],
  ['a path outside', { a: 'x' }, [change('../a', edit(0, 0, 0, 0, 'y'))], 'E/FS_PERMISSIONS'],
  ['a rename to the outside', { a: 'x' }, [{ kind: 'rename', oldUri: 'a', newUri: 'file:///outside/a' }], 'E/FS_PERMISSIONS'],
])('refuses %s', async (_name, files, changes, expected) => {
  expect(await codeOf(plan(files, changes))).toBe(expected);
});

test('columns count in the unit that is named', async () => {
  const files = { a: 'é😀x' };
  expect(shown(await plan(files, [change('a', edit(0, 3, 0, 4, 'y'))]))).toEqual(['write a: é😀y']);
  expect(shown(await plan(files, [change('a', edit(0, 6, 0, 7, 'y'))], 'utf-8'))).toEqual(['write a: é😀y']);
  expect(shown(await plan(files, [change('a', edit(0, 2, 0, 3, 'y'))], 'codepoint'))).toEqual(['write a: é😀y']);
});

test('bytes that were not edited stay as they are, in any encoding', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a = 1\r\n', 'utf16le')]);
  const [first] = (await plan({ a: utf16 }, [change('a', edit(0, 1, 0, 2, 'b'))])).changes;
  expect(first?.after?.bytes).toEqual(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('b = 1\r\n', 'utf16le')]));
  const latin1 = Buffer.from('x = 1\n# caf\xe9\n', 'latin1');
  const [second] = (await plan({ a: latin1 }, [change('a', edit(0, 0, 0, 1, 'y'))])).changes;
  expect(second?.after?.bytes).toEqual(Buffer.from('y = 1\n# caf\xe9\n', 'latin1'));
});

test('an executable stays one', async () => {
  const { changes } = await plan({ a: { exec: 'x' } }, [change('a', edit(0, 0, 0, 1, 'y'))]);
  expect(changes[0]?.after?.mode).toBe('exec');
});
