import type { Token } from '../base/declaration.js';

/** How one language's test frameworks are written. */
export interface Framework {
  readonly testsAreCalls: boolean;
  /** `tokens` are those of the declaration; for calls, the name alone decides. */
  readonly isTest: (name: string, tokens: readonly Token[]) => boolean;
  /** Words that demand something when they are called. */
  readonly assertion: RegExp;
  /** Keywords that demand something by themselves. */
  readonly keyword: string | null;
  /** Names the marker that the token at `index` is, or null. */
  readonly markerAt: (tokens: readonly Token[], index: number) => string | null;
}

const textAt = (tokens: readonly Token[], index: number): string => tokens[index]?.text ?? '';

const PYTHON_MARKER = /^(?:skip|skipif|skipIf|skipUnless|skipTest|xfail|importorskip|expectedFailure)$/u;
const python: Framework = {
  testsAreCalls: false,
  isTest: (name) => /^test/u.test(name),
  assertion: /^(?:assert\w+|raises|warns|deprecated_call|fail)$/u,
  keyword: 'assert',
  markerAt: (tokens, index) => {
    const text = textAt(tokens, index);
    if (text === 'collect_ignore' || text === 'collect_ignore_glob' || text === '__test__') return text;
    return PYTHON_MARKER.test(text) && /^[.@]$/u.test(textAt(tokens, index - 1)) ? text : null;
  },
};

const SCRIPT_BLOCK = /^(?:it|test|specify|describe|context|suite)$/u;
const script: Framework = {
  testsAreCalls: true,
  isTest: (name) => /^(?:it|test|specify|xit|xtest|fit|ftest)$/u.test(name),
  assertion: /^(?:expect|assert|expectTypeOf|assertType|ok|equal|deepEqual|strictEqual|deepStrictEqual|throws|rejects)$/u,
  keyword: null,
  markerAt: (tokens, index) => {
    const text = textAt(tokens, index);
    const next = textAt(tokens, index + 1);
    if (/^(?:xit|xtest|xdescribe|fit|fdescribe|ftest)$/u.test(text) && next === '(') return text;
    if (textAt(tokens, index - 1) !== '.') return null;
    if (/^(?:only|skip|todo|failing|fails|skipIf|runIf)$/u.test(text) && SCRIPT_BLOCK.test(textAt(tokens, index - 2))) return text;
    return text === 'skip' && next === '(' && /^(?:this|t|ctx|context|testContext)$/u.test(textAt(tokens, index - 2)) ? text : null;
  },
};

const go: Framework = {
  testsAreCalls: false,
  isTest: (name) => /^(?:Test|Fuzz|Example|Benchmark)(?:[^a-z]|$)/u.test(name),
  assertion: /^(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)$/u,
  keyword: null,
  markerAt: (tokens, index) => (/^(?:Skip|Skipf|SkipNow)$/u.test(textAt(tokens, index)) && textAt(tokens, index - 1) === '.' && textAt(tokens, index + 1) === '(' ? 'Skip' : null),
};

const JAVA_TESTS = new Set(['Test', 'ParameterizedTest', 'RepeatedTest', 'TestFactory', 'TestTemplate']);
const java: Framework = {
  testsAreCalls: false,
  isTest: (name, tokens) => /^test[A-Z_]/u.test(name) || tokens.some((token, index) => JAVA_TESTS.has(token.text) && textAt(tokens, index - 1) === '@'),
  assertion: /^(?:assert\w*|verify|fail)$/u,
  keyword: 'assert',
  markerAt: (tokens, index) => {
    const text = textAt(tokens, index);
    if (/^(?:Disabled\w*|Ignore)$/u.test(text) && textAt(tokens, index - 1) === '@') return `@${text}`;
    return /^assume\w*$/u.test(text) && textAt(tokens, index + 1) === '(' ? text : null;
  },
};

const rust: Framework = {
  testsAreCalls: false,
  isTest: (_name, tokens) => tokens.some((token, index) => token.text === 'test' && /^(?:\[|::)$/u.test(textAt(tokens, index - 1)) && textAt(tokens, index + 1) === ']'),
  assertion: /^(?:assert|assert_eq|assert_ne|assert_matches|debug_assert|debug_assert_eq|panic)$/u,
  keyword: null,
  markerAt: (tokens, index) => (textAt(tokens, index) === 'ignore' && textAt(tokens, index - 1) === '[' && textAt(tokens, index - 2) === '#' ? '#[ignore]' : null),
};

const FRAMEWORKS: ReadonlyMap<string, Framework> = new Map([
  ['py', python],
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'].map((extension): [string, Framework] => [extension, script]),
  ['go', go],
  ['java', java],
  ['rs', rust],
]);

/** Returns how tests are written in a file of this name. */
export function frameworkOf(path: string): Framework | undefined {
  return FRAMEWORKS.get(path.slice(path.lastIndexOf('.') + 1));
}

/** True when the token at `index` starts something that a test demands. */
export function isAssertion(framework: Framework, tokens: readonly Token[], index: number): boolean {
  const text = textAt(tokens, index);
  const next = textAt(tokens, index + 1);
  const previous = textAt(tokens, index - 1);
  if (text === framework.keyword) return previous !== '.';
  if (framework === go) return next === '(' && previous === '.' && isGoDemand(text, textAt(tokens, index - 2));
  if (!framework.assertion.test(text)) return false;
  return next === '(' || next === '!' || next === '<' || (next === '.' && (text === 'expect' || text === 'assert'));
}

function isGoDemand(name: string, receiver: string): boolean {
  return receiver === 'assert' || receiver === 'require' ? /^[A-Z]/u.test(name) : go.assertion.test(name);
}

/** True for a demand that holds by itself. Takes tokens separated by spaces. */
export function isTrivial(text: string): boolean {
  if (/(?:\bor|\|\|) (?:True|true|1)\b/u.test(text)) return true;
  if (/^assert(?: \()? (?:True|1|not False)\b(?! [=!<>+\-*/])/u.test(text)) return true;
  if (/^(?:assert\w*|ok) (?:! )?\( (?:True|true|1) (?:,|\))/u.test(text)) return true;
  const sides = /^assert (.+?) (?:==|is) (.+?)(?: ,.*)?$/u.exec(text) ?? /^(?:assert\w*|\w*[eE]qual) (?:! )?\( ([^,]+) , ([^,]+?) (?:,.*)?\)/u.exec(text) ?? /^expect \( (.+?) \) \. to(?:Be|Equal|StrictEqual) \( (.+?) \)/u.exec(text);
  return sides !== null && sides[1] === sides[2];
}

/** True for a demand that only asks whether something is there, true or of a type, or raises anything at all. */
export function isWeak(text: string): boolean {
  if (/^assert(?:True|False|IsNotNone|IsInstance|NotNull|That)?(?: !)? \(/u.test(text) || /^assert /u.test(text)) return !/(?:==|!=|<|>| is | in )/u.test(text.replace(/ is not None\b/u, '')) || /^assertIs(?:NotNone|Instance)/u.test(text);
  if (/^(?:raises|assertRaises|warns) \( (?:Base)?(?:Exception|Warning) \)/u.test(text)) return true;
  return /\. (?:toBeDefined|toBeTruthy|toBeFalsy|toBeInstanceOf|toBeTypeOf|toHaveBeenCalled) \( /u.test(text) || /\. toThrow(?:Error)? \( \)/u.test(text) || /\. not \. to(?:Throw|BeNull|BeUndefined)/u.test(text);
}
