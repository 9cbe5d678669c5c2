import * as z from 'zod';
import { hover as askHover } from '../lsp/navigation.js';
import { askAt } from './ask-at.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** What the server says about the thing at a place: its type and its documentation. */
export const hover = defineOperation({
  cmd: 'hover',
  isFunctionOfSnapshot: true,
  args: argsSchema,
  run: (bench, { selector }) => askAt(bench, selector, {}, async (session, path, position) => ({ hover: await askHover(session, path, position) })),
});
