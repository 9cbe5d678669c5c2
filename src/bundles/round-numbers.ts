import { isConstant, type Json } from '../base/canonical-json.js';
import { isArray, isObject, mapValues } from './json-shape.js';

const DECIMALS = 4;

/** Returns `value` with every number that is not an integer rounded to 4 decimals, and with 0 for -0. Other values are kept, constants whole. */
export function roundNumbers(value: Json): Json {
  if (typeof value === 'number') return roundNumber(value);
  if (isArray(value)) return value.map(roundNumbers);
  return isObject(value) && !isConstant(value) ? mapValues(value, roundNumbers) : value;
}

/** Rounds the exact binary value, halves away from zero, so that the rounding of -x is minus that of x. */
function roundNumber(value: number): number {
  const rounded = Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toFixed(DECIMALS)) : value;
  return rounded === 0 ? 0 : rounded;
}
