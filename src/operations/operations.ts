import { Failure } from '../base/failure.js';
import { diag } from './diag.js';
import { hover } from './hover.js';
import { locate } from './locate.js';
import { definition, references } from './navigate.js';
import type { Operation } from './operation.js';
import { reward } from './reward.js';
import { symbols } from './symbols.js';

/** Every operation there is. */
const OPERATIONS: readonly Operation[] = [locate, definition, references, hover, symbols, diag, reward];

/** Returns the operation that answers to `name`, its short name or an alias. Throws E/BAD_ARGUMENT with the list of names. */
export function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((operation) => operation.cmd === name || operation.aliases.includes(name));
  if (found !== undefined) return found;
  throw new Failure('E/BAD_ARGUMENT', `there is no command ${JSON.stringify(name)}`, { hint: `Known commands: ${OPERATIONS.map((operation) => operation.cmd).join(', ')}.` });
}
