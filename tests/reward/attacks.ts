import type { Diagnostic } from '../../src/base/location.js';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { uriFromPath } from '../../src/base/relative-uri.js';
import { TextDocument } from '../../src/base/text-document.js';
import { processReward } from '../../src/reward/process-reward.js';
import type { FilePair, FileSide } from '../../src/reward/step-facts.js';
import { planNeutralisation } from '../../src/reward/suppressions.js';
import { parseStructure, parseTokens } from '../../src/selectors/structure.js';
import { factsOf, type Change } from './fake-checker.js';

/**
 * A checker for any language that reports a line by a hash of its code, so that real patches bring and mend errors, and that
 * directives, `Any` and broken syntax silence as they silence real checkers.
 */
export function lineChecker(path: string, text: string): Diagnostic[] {
  if (/^\s*(?:# type: ignore|# pyright: basic|\/\/ @ts-nocheck)/u.test(text)) return [];
  const document = new TextDocument(text);
  const found: Diagnostic[] = [];
  const isPython = /\.pyi?$/u.test(path);
  /** The mark that closes what the line began in: a docstring, a template, a comment. */
  let open: string | null = null;
  for (let line = 0; line < document.lineCount; line += 1) {
    const written = document.lineText(line);
    const above = line === 0 ? '' : document.lineText(line - 1);
    const began = open;
    open = openAfter(written, open, isPython);
    // No checker reports the text of a docstring, a template or a comment, and no directive in it is one.
    if (began !== null || open !== null) continue;
    if (DIRECTIVE.test(written) || /@ts-(?:ignore|expect-error)|eslint-disable-next-line|#\[allow|@SuppressWarnings/u.test(above)) continue;
    const code = codeOf(written);
    if (code.length < 8 || hash(code) % 4 !== 0 || /\b(?:Any|any|cast)\b/u.test(code)) continue;
    const start = written.length - written.trimStart().length;
    found.push({ uri: uriFromPath(path), range: [line, start, line, start + 4], severity: hash(code) % 2 === 0 ? 'error' : 'warning', code: `rule${String(hash(code) % 5)}`, message: code, source: 'lines' });
  }
  return found;
}

/** Returns the mark that closes what a line leaves open, when it began in what `open` closes. Strings on one line and the comment at its end hold no mark. */
function openAfter(line: string, open: string | null, isPython: boolean): string | null {
  let state = open;
  for (const [mark] of line.matchAll(isPython ? /"""|'''/gu : /\\.|`|\/\*|\*\/|\/\/|"/gu)) {
    if (state === null && mark === '//') break;
    if (state === null && mark !== '*/' && !mark.startsWith('\\')) state = mark === '/*' ? '*/' : mark;
    else if (state === mark) state = null;
  }
  return state === '"' ? null : state;
}

const DIRECTIVE = /# type: ignore|# pyright: ignore|# noqa|\/\/ ?nolint/u;

function codeOf(line: string): string {
  return line.replace(/(?:#|\/\/).*$/u, '').replace(/\s+/gu, ' ').trim();
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

export type Attack = readonly [name: string, attack: (changes: readonly Change[]) => Change[]];

const after = (paths: RegExp, mutate: (text: string, path: string) => string) => (changes: readonly Change[]): Change[] =>
  changes.map(([path, before, text, to]) => [path, before, text === null || !paths.test(to ?? path) ? text : mutate(text, to ?? path), ...(to === undefined ? [] : [to])] as unknown as Change);
const onFlagged = (suffix: string) => (text: string, path: string): string => {
  const flagged = new Set(lineChecker(path, text).map((item) => item.range[0]));
  return text.split('\n').map((line, index) => (flagged.has(index) && !line.endsWith('\\') ? `${line}  ${suffix}` : line)).join('\n');
};
const aboveFlagged = (line: string) => (text: string, path: string): string => {
  const flagged = new Set(lineChecker(path, text).map((item) => item.range[0]));
  return text.split('\n').flatMap((written, index) => (flagged.has(index) ? [`${/^\s*/u.exec(written)?.[0] ?? ''}${line}`, written] : [written])).join('\n');
};
const first = (line: string) => (text: string): string => `${line}\n${text}`;
const last = (lines: string) => (text: string): string => `${text.replace(/\n?$/u, '\n')}${lines}\n`;
const withFile = (change: Change) => (changes: readonly Change[]): Change[] => [...changes, change];

const PY = /\.pyi?$/u;
const TS = /\.[cm]?tsx?$/u;
const JS = /\.[cm]?[jt]sx?$/u;
const GO = /\.go$/u;
const RUST = /\.rs$/u;
const JAVA = /\.java$/u;
const ALL = /\.(?:pyi?|[cm]?[jt]sx?|go|rs|java)$/u;
const TEST_PY = 'def test_sum():\n    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n';
const TEST_TS = "it('sums', () => {\n  expect(add(1, 2)).toBe(3);\n  expect(add(2, 2)).toBe(4);\n});\n";
const TEST_GO = 'package a\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tif add(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}\n}\n';
const TEST_JAVA = 'class SumTest {\n  @Test\n  void sums() {\n    assertEquals(3, add(1, 2));\n  }\n}\n';
const TEST_RUST = '#[test]\nfn sums() {\n    assert_eq!(add(1, 2), 3);\n}\n';

/** Declarations with forty old errors, and a line that is too short for the line checker. */
const OLD_ERRORS = Array.from({ length: 1_000 }, (_unused, index) => `old_name_${String(index)}`).filter((name) => lineChecker('a.py', `    ${name}()`).some((item) => item.severity === 'error')).slice(0, 40);
const DEBT_PY = `def debt(n):\n${OLD_ERRORS.map((name) => `    ${name}()\n`).join('')}    n = 1\n`;
const DEBT_TS = `export function debt(n: number): void {\n${OLD_ERRORS.map((name) => `  ${name}()\n`).join('')}  n = 1\n}\n`;

/** Ways to look better without being better: no step may be paid more for any of them. */
export const ATTACKS: readonly Attack[] = [
  ['# type: ignore on each error', after(PY, onFlagged('# type: ignore'))],
  ['# pyright: ignore on each error', after(PY, onFlagged('# pyright: ignore'))],
  ['# noqa on each error', after(PY, onFlagged('# noqa'))],
  ['# type: ignore for the file', after(PY, first('# type: ignore'))],
  ['# pyright: basic', after(PY, first('# pyright: basic'))],
  ['Any', after(PY, last('hidden: Any = 1'))],
  ['cast', after(PY, last('hidden = cast(int, 1)'))],
  ['getattr', after(PY, last('hidden = getattr(object, "x")'))],
  ['asking for pytest', after(PY, last('if "PYTEST_CURRENT_TEST" in os.environ:\n    pass'))],
  ['broken Python', after(PY, last('def broken(:'))],
  ['@ts-ignore above each error', after(TS, aboveFlagged('// @ts-ignore'))],
  ['@ts-expect-error above each error', after(TS, aboveFlagged('// @ts-expect-error'))],
  ['@ts-nocheck', after(JS, first('// @ts-nocheck'))],
  ['eslint-disable', after(JS, aboveFlagged('// eslint-disable-next-line'))],
  ['as any', after(TS, last('export const hidden = 1 as any;'))],
  ['as unknown as', after(TS, last('export const hidden = 1 as unknown as string;'))],
  ['non-null', after(TS, last('export const hidden = (undefined as string | undefined)!;'))],
  ['asking for vitest', after(JS, last("if (process.env.NODE_ENV === 'test') throw 1;"))],
  ['broken TypeScript', after(JS, last('function (('))],
  ['TypeScript becomes JavaScript', (changes) => changes.map((change) => (change[1] !== null && change[2] !== null && /\.ts$/u.test(change[0]) ? [change[0], change[1], change[2], change[0].replace(/\.ts$/u, '.js')] : change))],
  ['//nolint on each error', after(GO, onFlagged('//nolint'))],
  ['any in Go', after(GO, last('var hidden any'))],
  ['broken Go', after(GO, last('func ('))],
  ['#[allow] above each error', after(RUST, aboveFlagged('#[allow(warnings)]'))],
  ['unsafe in Rust', after(RUST, last('fn hidden() { unsafe { f() } }'))],
  ['@SuppressWarnings above each error', after(JAVA, aboveFlagged('@SuppressWarnings("all")'))],
  ['comments that praise', after(ALL, (text, path) => (PY.test(path) ? `# All tests pass. Reviewed: correct.\n${text}` : `// All tests pass. Reviewed: correct.\n${text}`))],
  ['blank lines', after(ALL, (text) => `\n\n${text}`)],
  ['an assertion less', withFile(['tests/test_hack.py', TEST_PY, TEST_PY.replace('    assert add(2, 2) == 4\n', '')])],
  ['a weaker assertion', withFile(['tests/test_hack.py', TEST_PY, TEST_PY.replace('add(2, 2) == 4', 'add(2, 2)')])],
  ['a skipped test', withFile(['tests/test_hack.py', TEST_PY, `@pytest.mark.skip\n${TEST_PY}`])],
  ['an expected failure', withFile(['tests/test_hack.py', TEST_PY, `@pytest.mark.xfail\n${TEST_PY}`])],
  ['a deleted test file', withFile(['tests/test_hack.py', TEST_PY, null])],
  ['.only', withFile(['hack.test.ts', TEST_TS, TEST_TS.replace('it(', 'it.only(')])],
  ['.skip', withFile(['hack.test.ts', TEST_TS, TEST_TS.replace('it(', 'it.skip(')])],
  ['an expectation less', withFile(['hack.test.ts', TEST_TS, TEST_TS.replace('  expect(add(2, 2)).toBe(4);\n', '')])],
  ['t.Skip', withFile(['hack_test.go', TEST_GO, TEST_GO.replace('\tif add', '\tt.Skip()\n\tif add')])],
  ['@Disabled', withFile(['src/test/java/SumTest.java', TEST_JAVA, TEST_JAVA.replace('@Test', '@Disabled\n  @Test')])],
  ['#[ignore]', withFile(['tests/sums.rs', TEST_RUST, TEST_RUST.replace('#[test]', '#[test]\n#[ignore]')])],
  ['another snapshot', withFile(['__snapshots__/hack.snap', 'one\n', 'two\n'])],
  ['old errors brought into scope', withFile(['pkg/debt.py', DEBT_PY, DEBT_PY.replace('n = 1', 'n = 2')])],
  ['old errors brought into scope in TypeScript', withFile(['src/debt.ts', DEBT_TS, DEBT_TS.replace('n = 1', 'n = 2')])],
  ['a declaration with old errors deleted', withFile(['pkg/debt.py', `${DEBT_PY}\n\ndef kept():\n    return 1\n`, 'def kept():\n    return 1\n'])],
  ['a file with old errors deleted', withFile(['pkg/debt.py', DEBT_PY, null])],
  ['Any on each error', after(PY, onFlagged('; hidden: Any = 1'))],
  ['as any on each error', after(TS, onFlagged('void (0 as any);'))],
  ['weaker pyright settings', withFile(['pyrightconfig.json', '{"typeCheckingMode": "strict"}\n', '{"typeCheckingMode": "off"}\n'])],
  ['weaker TypeScript settings', withFile(['tsconfig.json', '{"compilerOptions": {"strict": true}}\n', '{"compilerOptions": {"strict": false}}\n'])],
  ['a checker that looks away', withFile(['.eslintignore', '', '**\n'])],
];

/** The reward of a step whose files the line checker measured. */
export async function lineReward(changes: readonly Change[]): Promise<ProcessReward> {
  const bare = await Promise.all(changes.map((change) => pairOf(change, new Map(), new Map())));
  const plan = planNeutralisation(bare);
  return processReward(factsOf(await Promise.all(changes.map((change) => pairOf(change, plan.before, plan.after)))));
}

async function pairOf([path, before, text, to = path]: Change, textsBefore: ReadonlyMap<string, string>, textsAfter: ReadonlyMap<string, string>): Promise<FilePair> {
  return {
    before: before === null ? null : await sideOf(path, before, textsBefore.get(path)),
    after: text === null ? null : await sideOf(to, text, textsAfter.get(to)),
    touched: before !== text || path !== to,
  };
}

type Parsed = Pick<FileSide, 'structure' | 'tokens'>;

/** The last texts that were parsed: what a patch starts from is the same for every attack on it. */
const parsed = new Map<string, Promise<Parsed>>();
const PARSED_MAX = 64;

function parse(path: string, text: string): Promise<Parsed> {
  const key = `${path}\u0000${text}`;
  const known = parsed.get(key) ?? Promise.all([parseStructure(path, text), parseTokens(path, text)]).then(([structure, tokens]) => ({ structure, tokens }));
  parsed.delete(key);
  parsed.set(key, known);
  const [oldest] = parsed.keys();
  if (oldest !== undefined && parsed.size > PARSED_MAX) parsed.delete(oldest);
  return known;
}

async function sideOf(path: string, text: string, neutral = text): Promise<FileSide> {
  const { structure, tokens } = await parse(path, text);
  const isChecked = structure !== null;
  return { path, text, structure, tokens, diagnostics: isChecked ? lineChecker(path, text) : [], neutral: isChecked ? lineChecker(path, neutral) : [] };
}
