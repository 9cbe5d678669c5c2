import { Failure } from '../base/failure.js';
import { apply } from './apply.js';
import { actions } from './actions.js';
import { calls } from './calls.js';
import { completion } from './completion.js';
import { diag } from './diag.js';
import { doctor } from './doctor.js';
import { fix } from './fix.js';
import { highlights } from './highlights.js';
import { hover } from './hover.js';
import { init } from './init.js';
import { locate } from './locate.js';
import { declaration, definition, implementation, references, typeDefinition } from './navigate.js';
import type { Operation } from './operation.js';
import { recover } from './recover.js';
import { prepareRename } from './prepare-rename.js';
import { rename } from './rename.js';
import { reward } from './reward.js';
import { servers } from './servers.js';
import { signature } from './signature.js';
import { symbols } from './symbols.js';
import { trajectory } from './trajectory.js';
import { types } from './types.js';
import { undo } from './undo.js';

/** Every operation there is. */
const OPERATIONS: readonly Operation[] = [
  locate, definition, declaration, typeDefinition, implementation, references, highlights, hover, signature, completion, calls, types, symbols, diag,
  prepareRename, rename, actions, fix, apply, undo, recover, reward, trajectory, init, servers, doctor,
];

/** Returns the operation that answers to `name`, its short name or an alias. Throws E/BAD_ARGUMENT with the list of names. */
export function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((operation) => operation.cmd === name || operation.aliases.includes(name));
  if (found !== undefined) return found;
  throw new Failure('E/BAD_ARGUMENT', `there is no command ${JSON.stringify(name)}`, { hint: `Known commands: ${OPERATIONS.map((operation) => operation.cmd).join(', ')}.` });
}
