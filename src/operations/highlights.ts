import * as z from 'zod';
import { highlights as askHighlights } from '../lsp/navigation.js';
import { askAt } from './ask-at.js';
import { decorateLocations } from './decorate-locations.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** The places in the same file that are about the thing at a place. */
export const highlights = defineOperation({
  cmd: 'highlights',
  isFunctionOfSnapshot: true,
  aliases: ['highlight', 'documentHighlight', 'document-highlight'],
  isPaged: true,
  args: argsSchema,
  run: (bench, { selector }) =>
    askAt(bench, selector, {}, async (session, path, position, snapshot) => ({
      highlights: await decorateLocations(bench, snapshot, await askHighlights(session, path, position)),
    })),
});
