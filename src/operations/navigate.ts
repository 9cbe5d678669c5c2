import * as z from 'zod';
import { locations, type LocationQuestion } from '../lsp/navigation.js';
import { askAt } from './ask-at.js';
import { decorateLocations } from './decorate-locations.js';
import { lookEverywhere, referencesEverywhere } from './everywhere.js';
import { defineOperation, type Operation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** Where the thing at a place is defined. */
export const definition = placesOf('def', ['definition'], 'definition', 'definitions');

/** Where the thing at a place is declared, which for an imported name is the import. */
export const declaration = placesOf('decl', ['declaration'], 'declaration', 'declarations');

/** Where the type of the thing at a place is defined. */
export const typeDefinition = placesOf('typedef', ['typeDefinition', 'type-definition'], 'typeDefinition', 'typeDefinitions');

/** What implements the interface or the method at a place. */
export const implementation = placesOf('impl', ['implementation'], 'implementation', 'implementations');

const referencesArgs = z.strictObject({ selector: selectorArgument, declaration: z.boolean().default(true) });

/** Every place that refers to the thing at a place, over the whole workspace. */
export const references = defineOperation({
  cmd: 'refs',
  isFunctionOfSnapshot: true,
  aliases: ['references'],
  isPaged: true,
  args: referencesArgs,
  run: (bench, { selector, declaration }) =>
    askAt(bench, selector, { declaration }, async (session, _path, _position, snapshot, place) => ({
      references: await decorateLocations(bench, snapshot, await referencesEverywhere({ bench, session, snapshot, place }, declaration)),
    })),
});

type PlacesFact = 'definitions' | 'declarations' | 'typeDefinitions' | 'implementations';

function placesOf(cmd: string, aliases: readonly string[], question: LocationQuestion, fact: PlacesFact): Operation<z.input<typeof argsSchema>> {
  return defineOperation({
    cmd,
    isFunctionOfSnapshot: true,
    aliases,
    isPaged: true,
    args: argsSchema,
    run: (bench, { selector }) =>
      askAt(bench, selector, {}, async (session, path, position, snapshot, place) => {
        // Everything else leads to one place; these may lie in any file.
        const cut = question === 'implementation' ? await lookEverywhere({ bench, session, snapshot, place }, question) : {};
        return { [fact]: await decorateLocations(bench, snapshot, await locations(session, question, path, position)), ...cut };
      }),
  });
}
