import * as z from 'zod';
import { identifierAt } from '../selectors/identifier.js';
import { uriFromPath } from '../base/relative-uri.js';
import { prepareRename as askPrepareRename } from '../lsp/rename.js';
import { askAt } from './ask-at.js';
import { decorateLocations } from './decorate-locations.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** Whether the thing at a place can be renamed, and which name would be replaced; null when the server declines. */
export const prepareRename = defineOperation({
  cmd: 'prepare-rename',
  aliases: ['prepareRename'],
  args: argsSchema,
  run: (bench, { selector }) =>
    askAt(bench, selector, {}, async (session, path, position, snapshot, { file }) => {
      const offer = await askPrepareRename(session, path, position);
      const range = offer.kind === 'offered' ? (offer.range ?? identifierAt(file.document, position, true)) : null;
      if (range === null) return { prepareRename: null };
      const [location] = await decorateLocations(bench, snapshot, [{ uri: uriFromPath(path), range }]);
      return { prepareRename: location === undefined ? null : { ...location, placeholder: file.document.slice(range) } };
    }),
});
