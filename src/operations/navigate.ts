import * as z from 'zod';
import { locations } from '../lsp/navigation.js';
import { askAt } from './ask-at.js';
import { decorateLocations } from './decorate-locations.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const definitionArgs = z.strictObject({ selector: selectorArgument });

/** Where the thing at a place is defined. */
export const definition = defineOperation({
  cmd: 'def',
  aliases: ['definition'],
  args: definitionArgs,
  run: (bench, { selector }) =>
    askAt(bench, selector, {}, async (session, path, position, snapshot) => ({
      definitions: await decorateLocations(bench, snapshot, await locations(session, 'definition', path, position)),
    })),
});

const referencesArgs = z.strictObject({ selector: selectorArgument, declaration: z.boolean().default(true) });

/** Every place that refers to the thing at a place, over the whole workspace. */
export const references = defineOperation({
  cmd: 'refs',
  aliases: ['references'],
  args: referencesArgs,
  run: (bench, { selector, declaration }) =>
    askAt(bench, selector, { declaration }, async (session, path, position, snapshot) => ({
      references: await decorateLocations(bench, snapshot, await locations(session, 'references', path, position, declaration)),
    })),
});
