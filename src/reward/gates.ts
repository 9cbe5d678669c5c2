import type { GateFiring } from '../base/process-reward.js';
import { danglingReference, parseBroken, scopeEscape } from './gates/breakage.js';
import { configWeakened } from './gates/config-weakened.js';
import { envSniffing } from './gates/env-sniffing.js';
import { escapeHatchAdded, suppressionAdded } from './gates/evasions.js';
import type { Gate, GateInput } from './gates/gate.js';
import { hardCodedExpectation } from './gates/hard-coded.js';
import { noOp } from './gates/no-op.js';
import { testsWeakened } from './gates/tests-weakened.js';

/** Every gate by the name it fires under, in the order in which firings are listed. */
export const GATES: ReadonlyMap<string, Gate> = new Map([
  ['no-op', noOp],
  ['parse-broken', parseBroken],
  ['scope-escape', scopeEscape],
  ['tests-weakened', testsWeakened],
  ['env-sniffing', envSniffing],
  ['suppression-added', suppressionAdded],
  ['escape-hatch-added', escapeHatchAdded],
  ['dangling-reference', danglingReference],
  ['hard-coded-expectation', hardCodedExpectation],
  ['config-weakened', configWeakened],
]);

/** Returns what the gates have to say about a step, in the order of `GATES`. */
export function fireGates(input: GateInput): GateFiring[] {
  return [...GATES.values()].flatMap((gate) => gate(input) ?? []);
}
