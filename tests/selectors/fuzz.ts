import { Failure } from '../../src/base/failure.js';
import { TextDocument } from '../../src/base/text-document.js';
import { parseSelector, printSelector } from '../../src/selectors/grammar.js';
import { SideCache } from '../../src/selectors/relocation-side.js';
import { resolveSelector } from '../../src/selectors/resolve-selector.js';
import { rememberedHistory } from './remembered-history.js';

const SOURCES: readonly (readonly [string, string])[] = [
  ['a.py', 'import os\nclass A:\n    """Doc."""\n    @property\n    def m(self, a=1):\n        return "é😀" + a\nif os:\n    def f(): pass\nelse:\n    def f(): pass\n'],
  ['a.ts', 'export class A<T> extends B { #p = 1; get g() { return `x${this.#p}` } m?(): void; }\nconst f = async (a: number) => { return a };\n'],
  ['a.tsx', 'export default function X() { return <div a={1}>text</div>; }\n'],
  ['a.js', 'module.exports = { a() {}, b: () => 1 };\nA.prototype.c = function () {};\n'],
  ['a.go', 'package p\n\n// F does.\nfunc (s *S) F(a int) error { return nil }\n'],
  ['a.rs', '/// Doc.\nimpl<T> A for B<T> { fn f(&self) -> i32 { 1 } }\n'],
  ['A.java', 'class A { @Override public void m(int a) { } enum E { X } }\n'],
  ['a.c', '#define M(x) x\nstatic int f(int *a) { return 0; }\n'],
  ['a.cpp', 'namespace n { template <class T> class C { C(); ~C(); }; }\nn::C<int>::C() {}\n'],
  ['a.txt', 'one\r\ntwo\rthree\n\uFEFFfour'],
];

const SELECTORS: readonly string[] = [
  '$@L2:C7',
  '$@R(1,1->3,2)',
  '$@L5:C20?enc=utf-8&v=git:then',
  '$@R(2,1->4,4)?v=git:then',
  'py://a#A.m:body',
  'sym://$#A.m:doc?overload=1',
  'ts://a#f?v=git:then',
  'ast://[file=$]/[class=A]/[def=m][0]/name[1]?v=git:then',
  'anchor://$#"return"?ctx=4&pre=%20&suf=%20&nth=0',
  'anchor://$#"f"?pre=%20&suf=(&v=git:then',
];

const BITS: readonly string[] = ['@', 'L', ':', 'C', '#', '?', '&', '=', '%', '"', '\\', '(', ')', '[', ']', '/', '.', '->', '1', '99999999999', '-1', '😀', '\ud83d', 'é', ' ', '\n', '\r', '\t', '\0', '{', '}', 'def ', 'class ', '/*', '"""', '`', '<'];

/** A small fast generator (mulberry32): the same seed gives the same numbers everywhere. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below >>> 0;
  };
}

function mutated(text: string, times: number, random: (below: number) => number): string {
  let result = text;
  for (let round = 0; round < times; round += 1) {
    const at = random(result.length + 1);
    const length = random(3) === 0 ? random(8) : 0;
    const copied = random(4) === 0 ? result.slice(random(result.length + 1)).slice(0, random(20)) : (BITS[random(BITS.length)] ?? '');
    result = result.slice(0, at) + copied + result.slice(at + length);
  }
  return result;
}

/** Resolves one random selector in one random source. Throws unless the outcome is a range inside the file, a refusal or a Failure that names the user's mistake. */
export async function fuzzOnce(seed: number): Promise<'answered' | 'refused' | 'rejected'> {
  const random = randomNumbers(seed);
  const [path, source] = SOURCES[random(SOURCES.length)] ?? ['a.py', ''];
  const before = mutated(source, random(3), random);
  const after = mutated(before, random(6), random);
  const selector = mutated((SELECTORS[random(SELECTORS.length)] ?? '').replaceAll('$', path), random(4), random);
  try {
    const spec = parseSelector(selector, { platform: random(2) === 0 ? 'posix' : 'win32' });
    const canonical = printSelector(spec);
    if (printSelector(parseSelector(canonical)) !== canonical) throw new Error(`seed ${String(seed)}: not canonical: ${JSON.stringify(selector)}`);
    const indexIo = (['codepoint', 'utf-16', 'utf-8'] as const)[random(3)] ?? 'codepoint';
    const resolution = await resolveSelector(spec, rememberedHistory({ [path]: before }, { [path]: after }), new SideCache(), { indexIo });
    for (const candidate of resolution.candidates) assertInside(candidate.range, after, seed);
    if (!(resolution.alphaConf >= 0 && resolution.alphaConf <= 1)) throw new Error(`seed ${String(seed)}: alphaConf ${String(resolution.alphaConf)}`);
    return resolution.kind === 'found' ? 'answered' : 'refused';
  } catch (error) {
    if (error instanceof Failure && (error.code === 'E/BAD_SELECTOR_SYNTAX' || error.code === 'E/INDEXING_UNSUPPORTED')) return 'rejected';
    throw error;
  }
}

function assertInside(range: readonly [number, number, number, number], text: string, seed: number): void {
  const document = new TextDocument(text);
  const [startLine, start, endLine, end] = range;
  const isPlace = (line: number, character: number): boolean => line >= 0 && character >= 0 && line < document.lineCount && character <= document.lineText(line).length;
  const isOrdered = startLine < endLine || (startLine === endLine && start <= end);
  if (!isPlace(startLine, start) || !isPlace(endLine, end) || !isOrdered) throw new Error(`seed ${String(seed)}: ${range.join()} lies outside the file`);
}
