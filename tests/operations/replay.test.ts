import { describe, expect, test } from 'vitest';
import { readRun } from '../../src/operations/trajectory/read-run.js';
import { Replay } from '../../src/operations/trajectory/replay.js';
import { readShellLine } from '../../src/operations/trajectory/shell-line.js';
import { bytesContent, type FileTree } from '../../src/workspace/file-tree.js';

const BASE: FileTree = new Map(Object.entries({ 'pkg/a.py': 'one\ntwo\nthree\n', 'pkg/b.py': 'b\n' }).map(([path, text]) => [path, { mode: 'file', content: bytesContent(Buffer.from(text)) }]));

/** Replays steps and returns their kinds with the files that differ from the base in the end (null: gone). */
async function replay(steps: readonly unknown[]): Promise<{ kinds: string[]; files: Record<string, string | null>; lost: string[] }> {
  const run = new Replay(BASE);
  const kinds: string[] = [];
  for (const step of readRun(steps.map((item) => JSON.stringify(item)).join('\n')).steps) kinds.push((await run.step(step)).kind);
  const files: Record<string, string | null> = {};
  for (const path of new Set([...BASE.keys(), ...run.tree.keys()])) {
    const [before, after] = [BASE.get(path), run.tree.get(path)];
    if (before !== after) files[path] = after === undefined ? null : (await after.content.read()).toString();
  }
  return { kinds, files, lost: [...run.lost] };
}

const shown = (path: string, lines: readonly string[]): string => `[File: /repo/${path} (${String(lines.length)} lines total)]\n${lines.map((line, index) => `${String(index + 1)}:${line}`).join('\n')}\n`;

describe('the windowed editor of SWE-agent', () => {
  test('an edit replaces its lines of the open file, and what it shows agrees', async () => {
    const steps = [
      { action: 'open pkg/a.py', observation: shown('pkg/a.py', ['one', 'two', 'three']) },
      { action: 'edit 2:2\nTWO\n  and more\nend_of_edit\n', observation: shown('pkg/a.py', ['one', 'TWO', '  and more', 'three']) },
      { action: 'edit 1:1\nend_of_edit', observation: shown('pkg/a.py', ['TWO', '  and more', 'three']) },
    ];
    expect(await replay(steps)).toEqual({ kinds: ['read', 'edit', 'edit'], files: { 'pkg/a.py': 'TWO\n  and more\nthree\n' }, lost: [] });
  });

  test('a refused edit writes nothing, and does not change which file is open', async () => {
    const steps = [
      { action: 'open pkg/a.py', observation: shown('pkg/a.py', ['one', 'two', 'three']) },
      { action: 'edit 2:2\n(\nend_of_edit\n', observation: `Your proposed edit has introduced new syntax error(s).\n${shown('pkg/a.py', ['one', '(', 'three'])}Your changes have NOT been applied.` },
    ];
    expect(await replay(steps)).toEqual({ kinds: ['read', 'read'], files: {}, lost: [] });
  });

  test('an edit whose result is shown otherwise is unknown, and so is the file', async () => {
    const steps = [
      { action: 'open pkg/a.py', observation: shown('pkg/a.py', ['one', 'two', 'three']) },
      { action: 'edit 2:2\nTWO\nend_of_edit\n', observation: shown('pkg/a.py', ['one', 'two and a half', 'three']) },
    ];
    expect(await replay(steps)).toEqual({ kinds: ['read', 'unknown'], files: {}, lost: ['pkg/a.py'] });
  });

  test('create makes a file of one empty line', async () => {
    expect(await replay([{ action: 'create new.py', observation: '[File: /repo/new.py (1 lines total)]\n1:\n' }])).toMatchObject({ kinds: ['edit'], files: { 'new.py': '\n' } });
  });
});

describe('the editor tool', () => {
  test.each<[string, unknown, string, Record<string, string | null>]>([
    ['replaces a text that is there once', { tool: 'str_replace_editor', input: { command: 'str_replace', path: '/testbed/pkg/a.py', old_str: 'two', new_str: '2' } }, 'edit', { 'pkg/a.py': 'one\n2\nthree\n' }],
    ['refuses one that is there twice', { tool: 'str_replace_editor', input: { command: 'str_replace', path: 'pkg/a.py', old_str: 'e', new_str: '2' } }, 'read', {}],
    ['inserts after a line', { tool: 'str_replace_editor', input: { command: 'insert', path: 'pkg/a.py', insert_line: 1, new_str: 'x' } }, 'edit', { 'pkg/a.py': 'one\nx\ntwo\nthree\n' }],
    ['creates', { tool: 'str_replace_editor', input: { command: 'create', path: 'c.py', file_text: 'c\n' } }, 'edit', { 'c.py': 'c\n' }],
    ['views', { tool: 'str_replace_editor', input: { command: 'view', path: 'pkg/a.py' } }, 'read', {}],
    ['is called on a command line', { action: "str_replace_editor str_replace /testbed/pkg/a.py --old_str 'two' --new_str 'it'\\''s 2'", observation: 'The file /testbed/pkg/a.py has been edited.' }, 'edit', { 'pkg/a.py': "one\nit's 2\nthree\n" }],
    ['is not known', { tool: 'magic', input: { path: 'pkg/a.py' } }, 'unknown', {}],
    ['writes through another name', { tool: 'write_file', input: { path: 'c.py', content: 'c' } }, 'edit', { 'c.py': 'c' }],
  ])('%s', async (_name, step, kind, files) => {
    expect(await replay([step])).toMatchObject({ kinds: [kind], files });
  });

  test('undoes its last edit', async () => {
    const edit = { tool: 'str_replace_editor', input: { command: 'create', path: 'pkg/b.py', file_text: 'other\n' } };
    expect(await replay([edit, { tool: 'str_replace_editor', input: { command: 'undo_edit', path: 'pkg/b.py' } }])).toMatchObject({ kinds: ['edit', 'edit'] });
  });
});

describe('shell commands', () => {
  test.each<[string, string, Record<string, string | null>]>([
    ["cat <<'EOF' > new.py\na $HOME\nEOF", 'edit', { 'new.py': 'a $HOME\n' }],
    ['cat > new.py <<EOF\na $HOME\nEOF', 'unknown', {}],
    ['echo "x = 1" >> pkg/b.py', 'edit', { 'pkg/b.py': 'b\nx = 1\n' }],
    ['rm -rf pkg', 'edit', { 'pkg/a.py': null, 'pkg/b.py': null }],
    ['mv pkg/b.py c.py', 'edit', { 'pkg/b.py': null, 'c.py': 'b\n' }],
    ['cd pkg && rm b.py && git checkout -- b.py', 'edit', { 'pkg/b.py': 'b\n' }],
    ['ls -la && grep -rn "x y" . | head -3', 'read', {}],
    ['sed -n 1,5p pkg/a.py', 'read', {}],
    ["sed -i 's/a/b/' pkg/a.py", 'unknown', {}],
    ['python -m pytest > /dev/null 2>&1', 'unknown', {}],
    ['find . -name "*.pyc" -delete', 'unknown', {}],
    ['rm /tmp/x', 'read', {}],
    ['echo x > /tmp/y', 'read', {}],
    ['for f in *; do rm $f; done', 'unknown', {}],
  ])('%j is %s', async (action, kind, files) => {
    expect(await replay([{ action, observation: '' }])).toMatchObject({ kinds: [kind], files });
  });

  test('words are read with their quotes taken off', () => {
    expect(readShellLine(`a 'b c' "d \\"e\\"" f\\ g # comment`)).toEqual([{ words: ['a', 'b c', 'd "e"', 'f g'], output: null, input: null }]);
    expect(readShellLine('a "$(b)"')).toBeNull();
  });
});

test('a step that says nothing is unknown, and a text that is no run is refused', async () => {
  expect((await replay([{ thought: 'all tests pass' }])).kinds).toEqual(['unknown']);
  expect(() => readRun('not json')).toThrow(/line 1/);
  expect(() => readRun('\n')).toThrow(/empty/);
});
