import * as z from 'zod';
import { signatureHelp } from '../lsp/signature.js';
import { askAt } from './ask-at.js';
import { insertionPoint } from './insertion-point.js';
import { defineOperation } from './operation.js';
import { selectorArgument } from './selector-argument.js';

const argsSchema = z.strictObject({ selector: selectorArgument });

/** The signatures of the call whose arguments a place is in, and which parameter it is at. */
export const signature = defineOperation({
  cmd: 'signature',
  isFunctionOfSnapshot: true,
  aliases: ['signatureHelp', 'signature-help'],
  args: argsSchema,
  run: (bench, { selector }) =>
    askAt(bench, selector, {}, async (session, path, _start, _snapshot, place) => {
      const help = await signatureHelp(session, path, insertionPoint(selector, place, bench.options.indexUnit));
      return { signature: help };
    }),
});
