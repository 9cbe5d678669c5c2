import * as z from 'zod';
import { types as askTypes } from '../lsp/hierarchies.js';
import { askAt } from './ask-at.js';
import { decorateSymbols } from './decorate-symbols.js';
import { lookEverywhere } from './everywhere.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z
  .strictObject({ selector: selectorArgument, sub: z.boolean().default(false), super: z.boolean().default(false) })
  .refine((args) => args.sub !== args.super, 'give --sub for the types below or --super for those above, one of them');

/** The types directly below or above the type at a place. */
export const types = defineOperation({
  cmd: 'types',
  isFunctionOfSnapshot: true,
  aliases: ['typeHierarchy', 'type-hierarchy'],
  isPaged: true,
  args: argsSchema,
  run: (bench, { selector, sub }) =>
    askAt(bench, selector, sub ? { sub: true } : { super: true }, async (session, path, position, snapshot, place) => {
      const cut = sub ? await lookEverywhere({ bench, session, snapshot, place }, 'types') : {};
      return { types: await decorateSymbols(bench, snapshot, await askTypes(session, sub ? 'sub' : 'super', path, position)), ...cut };
    }),
});
