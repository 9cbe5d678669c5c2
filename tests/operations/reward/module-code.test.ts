import { expect, test } from 'vitest';
import type { ProcessReward } from '../../../src/base/process-reward.js';
import { TemporaryRepository } from '../../workspace/temporary-repository.js';
import { openEngine } from '../open-engine.js';

const MONEY = `import sys
from typing import TYPE_CHECKING, NoReturn

def stop() -> NoReturn:
    raise SystemExit


if TYPE_CHECKING:
    from decimal import Decimal

RATE = 1
if len(sys.argv) > 1:
    RATE = int(sys.argv[1])

if sys.platform == "win32":
    def sign() -> str:
        return "$"
else:
    def sign() -> int:
        return 1

known = {"a": 1}
known["b"] = 2


def total(prices: list[int]) -> int:
    return sum(prices)


def exactly(price: "Decimal") -> "Decimal":
    return price
`;
const FILES = {
  'money.py': MONEY,
  'rates.py': 'import sys\nimport money\n\nBASE = 1\nif len(sys.argv) > 1:\n    BASE = money.RATE\n',
  'report.py': 'from money import RATE, total\n\nline: str = str(total([RATE]))\nrate: int = RATE\n',
  'signed.py': 'import money\n\nsigned: int = money.sign()\n',
  'far.py': 'from rates import BASE\n\nbase: int = BASE\n',
  'apart.py': 'x: int = ""\n',
  'listed.py': '__all__ = ["a"]\n__all__ += ["b"]\na = b = c = 1\n',
  'taker.py': 'from listed import *\n\nprint(a, b)\n',
};

const CASES: [string, Record<string, string>, { readonly complete: boolean; readonly introduced?: readonly string[]; readonly proved?: readonly string[] }][] = [
  ['a block of imports', { 'money.py': MONEY.replace('    from decimal', '    from collections.abc import Sequence\n    from decimal') }, { complete: true, introduced: [] }],
  ['a block of imports that goes', { 'money.py': MONEY.replace('if TYPE_CHECKING:\n    from decimal import Decimal\n', '') }, { complete: true, introduced: ['money.py', 'money.py'] }],
  ['a call', { 'money.py': `${MONEY}\n\nprint(total([1]))\n` }, { complete: true, introduced: [] }],
  ['a call that is wrong, far from what is wrong', { 'money.py': `${MONEY}\n\nprint(total([""]))\n` }, { complete: true, introduced: ['money.py'], proved: ['apart.py', 'far.py', 'listed.py', 'rates.py', 'report.py', 'signed.py', 'taker.py'] }],
  ['what a block binds again', { 'money.py': MONEY.replace('int(sys.argv[1])', 'sys.argv[1]') }, { complete: true, introduced: ['far.py', 'report.py', 'report.py'], proved: ['apart.py', 'listed.py', 'signed.py', 'taker.py'] }],
  ['a condition', { 'money.py': MONEY.replace('sys.platform == "win32"', 'sys.platform != "win32"') }, { complete: true, introduced: ['signed.py'], proved: ['apart.py', 'far.py', 'listed.py', 'rates.py', 'report.py', 'taker.py'] }],
  ['an item', { 'money.py': MONEY.replace('known["b"] = 2', 'known["b"] = ""') }, { complete: true, introduced: ['money.py'] }],
  ['a name that goes', { 'money.py': MONEY.replace('known["b"] = 2', 'del RATE') }, { complete: true }],
  ['a call that never returns', { 'money.py': MONEY.replace('RATE = 1\n', 'stop()\nRATE = 1\n') }, { complete: true }],
  ['a call that never returns behind what is taken', { 'money.py': MONEY.replace('known["b"] = 2', 'stop()') }, { complete: true }],
  ['what ends the module', { 'money.py': MONEY.replace('known["b"] = 2', 'sys.exit(1)') }, { complete: false }],
  ['a list of names', { 'listed.py': FILES['listed.py'].replace('["b"]', '["c"]') }, { complete: true, introduced: ['taker.py'], proved: ['apart.py', 'far.py', 'money.py', 'rates.py', 'report.py', 'signed.py'] }],
  ['the list of another file', { 'listed.py': `${FILES['listed.py']}import apart\n__all__ += apart.__all__\n` }, { complete: false }],
  ['a loop', { 'money.py': `${MONEY}\nfor RATE in ("a", "b"):\n    print(RATE)\n` }, { complete: true }],
];

test('code outside declarations is followed by the names that it binds, and verifying agrees', { timeout: 240_000 }, async () => {
  const repository = new TemporaryRepository(FILES);
  const engine = await openEngine(repository.top);
  for (const [name, step, { complete, introduced, proved }] of CASES) {
    const patch = repository.patchOf(step);
    const reward = async (args: Record<string, boolean>): Promise<ProcessReward | null> => (await engine.run({ cmd: 'reward', args: { patch, model: false, ...args } })).processReward;
    const [usual, exact, verified] = [await reward({}), await reward({ exact: true }), await reward({ exact: true, verify: true })];
    expect(usual?.coverage.complete, name).toBe(complete);
    expect(verified?.coverage.disproved, name).toEqual([]);
    expect(exact?.diagnostics, name).toEqual(verified?.diagnostics);
    if (!complete) continue;
    if (introduced !== undefined) expect(verified?.diagnostics?.introduced.map(({ uri }) => uri), name).toEqual(introduced);
    if (proved !== undefined) expect(exact?.coverage.proved, name).toEqual(proved);
    const { introduced: came, fixed } = verified?.diagnostics ?? {};
    expect(usual?.diagnostics, name).toMatchObject({ introduced: came, fixed });
  }
});
