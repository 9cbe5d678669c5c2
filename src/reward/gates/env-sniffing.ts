import type { Token } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { uriFromPath } from '../../base/relative-uri.js';
import type { FileSide } from '../step-facts.js';
import { isTestPath, isToolConfigPath } from '../path-roles.js';
import { counted, firing, type Gate } from './gate.js';

/** Variables by which code can tell that a test runner runs it. */
const RUNNER_VARIABLES = 'PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_XDIST_WORKER|JEST_WORKER_ID|VITEST|VITEST_WORKER_ID|VITEST_POOL_ID|MOCHA_COLORS|TOX_ENV_NAME';
/** Modules whose presence in `sys.modules` says the same. */
const RUNNER_MODULES = 'pytest|_pytest|unittest|nose|nose2';
const [RUNNER_VARIABLE, RUNNER_MODULE] = [new RegExp(`^(?:${RUNNER_VARIABLES})$`, 'u'), new RegExp(`^(?:${RUNNER_MODULES})$`, 'u')];
/** A file without any of these asks nothing. */
const MENTION = new RegExp(`${RUNNER_VARIABLES}|NODE_ENV|${RUNNER_MODULES}`, 'u');
const REACH = 6;

/** Fires when code that is not a test starts to ask whether a test runs it. Critical. */
export const envSniffing: Gate = ({ facts }) => {
  const places = facts.pairs
    .filter((pair) => pair.touched && pair.after !== null && !isTestPath(pair.after.path) && !isToolConfigPath(pair.after.path))
    .flatMap((pair) => {
      const before = sniffs(pair.before);
      const after = sniffs(pair.after);
      return after.length > before.length ? after.slice(before.length) : [];
    })
    .sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : a.range[0] - b.range[0]));
  if (places.length === 0) return null;
  return firing('env-sniffing', true, `${counted(places.length, 'place')} outside the tests now ask${places.length === 1 ? 's' : ''} whether a test is running.`, places);
};

function sniffs(side: FileSide | null): Location[] {
  const tokens = side?.tokens?.tokens ?? [];
  if (side === null || !MENTION.test(side.text)) return [];
  return tokens.filter((_token, index) => isSniff(tokens, index)).map((token) => ({ uri: uriFromPath(side.path), range: token.range }));
}

function isSniff(tokens: readonly Token[], index: number): boolean {
  const word = unquoted(tokens[index]?.text ?? '');
  const near = (from: number, to: number): string[] => tokens.slice(Math.max(0, index + from), index + to + 1).map((token) => unquoted(token.text));
  if (RUNNER_VARIABLE.test(word)) return near(-REACH, REACH).some((text) => /^(?:environ|getenv|env|process|has)$/u.test(text));
  if (word === 'NODE_ENV') return near(1, REACH).some((text) => text === 'test') || near(-REACH, -1).some((text) => text === 'test');
  if (RUNNER_MODULE.test(word)) return tokens[index]?.type !== 'identifier' && near(-REACH, REACH).some((text) => text === 'modules');
  return false;
}

function unquoted(text: string): string {
  return text.replace(/^["'`]|["'`]$/gu, '');
}
