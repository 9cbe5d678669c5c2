import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStructure, parseTokens } from '../../src/selectors/structure.js';

const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  'a.py': ['import os\n', 'x = """one\ntwo {x}\n"""\n', '# a comment\n', '@d(1)\ndef f(a: int, *b: str) -> None:\n    if a:\n        return f"{a!r} {b}"\n    # inside\n    pass\n', 'class A(B):\n    """Doc."""\n\n    x: int = 1\n\n    async def g(self):\n        await h(\\\n            1)\n', 'for a, b in c:\n\tprint(a)\n', "s = 'é' 'b\\n'\n", '\n\n', 'x = [1,\n  2,  # two\n]\n'],
  'a.ts': ['import { a } from "b";\n', 'const x = `one ${a + `two ${b}`} three\n`;\n', '// a comment\n', '/** Doc. */\nexport function f<T>(a: T, ...b: string[]): void {\n  return /re[/]x/u.test(`a`) ? 1 : 2;\n}\n', 'class A extends B implements C {\n  private readonly x: Omit<T, "a"> = 1;\n  get y() { return this.x!; }\n}\n', 'type U = "a" | `b${string}`;\n', '\n\n'],
  'a.tsx': ['const x = <div a="b">one {two} <b/> three</div>;\n', 'const y = a < b;\n', 'export default () => <>{x}</>;\n'],
  'a.go': ['package main\n', '// a comment\n', 'func (a *A) f(b int) (int, error) {\n\ts := `one\ntwo`\n\treturn len(s), nil\n}\n', 'type A struct {\n\tx int `json:"x"`\n}\n', 'var x = "a\\n"\n'],
  'a.rs': ['use a::b;\n', '/* a /* nested */ comment */\n', 'fn f<T: A>(a: &T) -> u8 {\n    let s = r#"one\n"two""#;\n    match a { B => 1, _ => 2 }\n}\n', 'struct A { x: u8 }\n', "const C: char = 'x';\n"],
  'A.java': ['import a.B;\n', '// a comment\n', 'class A {\n  int f(int a) {\n    return a + 1;\n  }\n  String s = """\n    one\n    two""";\n}\n', '/* one\ntwo */\n'],
};

const edits = (path: string) => fc.record({ before: fc.array(fc.constantFrom(...(BLOCKS[path] ?? [])), { maxLength: 8 }), at: fc.nat(8), dropped: fc.nat(2), added: fc.array(fc.constantFrom(...(BLOCKS[path] ?? []), 'x', ' ', '"', '(', '\n', '"😀"', '"😁"', "s = '\r'\n"), { maxLength: 2 }), inside: fc.nat(40) });

test.each(Object.keys(BLOCKS))('what is read of a text beside one that is much like it is all that it says: %s', async (path) => {
  await fc.assert(
    fc.asyncProperty(edits(path), async ({ before, at, dropped, added, inside }) => {
      const old = before.join('');
      // Whole blocks, or anything in the middle of one.
      const rest = before.slice(at + dropped).join('');
      const text: string = [...before.slice(0, at), ...added].join('') + rest.slice(0, inside) + (inside % 3 === 0 ? added.join('') : '') + rest.slice(inside) + '\n';
      const like = { text: old, tokens: await parseTokens(path, old) };
      const beside = await parseTokens(path, text, like);
      // A line more, since what was read of a text is kept; where it parses, that says nothing.
      const whole = await parseTokens(path, `${text}\n`);
      if ((await parseStructure(path, `${text}\n`))?.syntaxErrors.length === 0) expect(beside).toEqual(whole);
    }),
    { numRuns: 500 },
  );
});
