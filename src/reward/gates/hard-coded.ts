import type { Token } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { compareRanges } from '../../base/range.js';
import { uriFromPath } from '../../base/relative-uri.js';
import { isTestPath } from '../path-roles.js';
import type { FileSide } from '../step-facts.js';
import { testsOf } from '../test-cases.js';
import { compareText } from '../text-order.js';
import { counted, firing, type Gate } from './gate.js';

/** Within this many tokens after the comparison the answer is given. */
const REACH = 12;
const LITERAL = /^(?:string_content|string_fragment|integer|float|number|int_literal|float_literal|decimal_integer_literal|decimal_floating_point_literal|integer_literal|interpreted_string_literal_content)$/u;

/** `if x == 17: return 42`: an input that is asked for by its value, and the answer to it. */
interface SpecialCase {
  readonly asked: string;
  readonly answered: string;
  readonly place: Location;
}

/**
 * Fires when code outside the tests starts to answer one literal with another, and a test that the step touches demands just
 * that. It says so and caps p: a table of constants can look like this too.
 */
export const hardCodedExpectation: Gate = ({ facts }) => {
  const touched = facts.pairs.filter((pair) => pair.touched);
  const demands = touched
    .flatMap((pair) => [pair.before, pair.after])
    .filter((side) => side !== null && isTestPath(side.path))
    .flatMap((side) => {
      const { tests, assertions } = testsOf(side);
      return [...assertions, ...tests.flatMap((test) => test.assertions)].map((assertion) => ` ${assertion.text} `);
    });
  const places = (demands.length === 0 ? [] : touched)
    .filter((pair) => pair.after !== null && !isTestPath(pair.after.path))
    .flatMap((pair) => {
      const known = new Set(specialCases(pair.before).map(keyOf));
      return specialCases(pair.after).filter((found) => !known.has(keyOf(found)));
    })
    .filter((found) => demands.some((demand) => demand.includes(` ${found.asked} `) && demand.includes(` ${found.answered} `)))
    .map((found) => found.place)
    .sort((a, b) => compareText(a.uri, b.uri) || compareRanges(a.range, b.range));
  if (places.length === 0) return null;
  return firing('hard-coded-expectation', false, `${counted(places.length, 'place')} answer${places.length === 1 ? 's' : ''} an input of a test with the result that the test expects.`, places);
};

function specialCases(side: FileSide | null): SpecialCase[] {
  const tokens = side?.tokens?.tokens ?? [];
  if (side === null) return [];
  return tokens.flatMap((token, index) => {
    if (!/^(?:==|===)$/u.test(token.text)) return [];
    const asked = literalNear(tokens, index + 1) ?? literalNear(tokens, index - 2);
    const at = tokens.slice(index + 1, index + 1 + REACH).findIndex((other) => other.text === 'return');
    const answered = at === -1 ? null : literalNear(tokens, index + at + 2);
    return asked === null || answered === null ? [] : [{ asked, answered, place: { uri: uriFromPath(side.path), range: token.range } }];
  });
}

/** The literal that starts at `index` or just after its quote. */
function literalNear(tokens: readonly Token[], index: number): string | null {
  const found = [tokens[index], tokens[index + 1]].find((token) => token !== undefined && LITERAL.test(token.type));
  return found?.text ?? null;
}

function keyOf(found: SpecialCase): string {
  return JSON.stringify([found.asked, found.answered]);
}
