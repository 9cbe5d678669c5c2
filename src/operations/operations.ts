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
import type { GivenTo, Operation } from './operation.js';
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

/** Every operation there is, by the name of its command. */
export const OPERATIONS = {
  locate, def: definition, decl: declaration, typedef: typeDefinition, impl: implementation, refs: references, highlights, hover, signature, completion, calls, types, symbols, diag,
  prepareRename, rename, actions, fix, apply, undo, recover, reward, trajectory, init, servers, doctor,
};

/** The name of a command. */
export type OperationName = keyof typeof OPERATIONS;

/** The arguments of every command, by its name. */
export type OperationArguments = { readonly [Name in OperationName]: GivenTo<(typeof OPERATIONS)[Name]> };

const ALL: readonly Operation[] = Object.values(OPERATIONS);

/** The operation that answers to a name; undefined for none. */
export function findOperation(name: string): Operation | undefined {
  return ALL.find((operation) => operation.cmd === name || operation.aliases.includes(name));
}

/** Returns the operation that answers to `name`, its short name or an alias. Throws E/BAD_ARGUMENT with the list of names. */
export function operationNamed(name: string): Operation {
  const found = findOperation(name);
  if (found !== undefined) return found;
  throw new Failure('E/BAD_ARGUMENT', `there is no command ${JSON.stringify(name)}`, { hint: `Known commands: ${ALL.map((operation) => operation.cmd).join(', ')}.` });
}
