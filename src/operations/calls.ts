import * as z from 'zod';
import { calls as askCalls } from '../lsp/hierarchies.js';
import { askAt } from './ask-at.js';
import { decorateSymbols } from './decorate-symbols.js';
import { lookEverywhere } from './everywhere.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z
  .strictObject({ selector: selectorArgument, in: z.boolean().default(false), out: z.boolean().default(false) })
  .refine((args) => args.in !== args.out, 'give --in for the callers or --out for what is called, one of them');

/** Who calls the function at a place, or what it calls, over the whole workspace. */
export const calls = defineOperation({
  cmd: 'calls',
  isFunctionOfSnapshot: true,
  aliases: ['callHierarchy', 'call-hierarchy'],
  isPaged: true,
  args: argsSchema,
  run: (bench, { selector, in: incoming }) =>
    askAt(bench, selector, incoming ? { in: true } : { out: true }, async (session, path, position, snapshot, place) => {
      const cut = incoming ? await lookEverywhere({ bench, session, snapshot, place }, 'calls') : {};
      const found = await askCalls(session, incoming ? 'in' : 'out', path, position);
      const symbols = await decorateSymbols(bench, snapshot, found.map((call) => call.symbol));
      return { calls: symbols.map((symbol, index) => ({ ...(incoming ? { from: symbol } : { to: symbol }), ranges: found[index]?.ranges ?? [] })), ...cut };
    }),
});
